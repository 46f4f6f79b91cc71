package main

import (
	"time"
)

const (
	sharply  = 40 * time.Millisecond // every instance is asked without a pause
	keptFor  = 10 * time.Second      // beyond the bound a grave is looked at
	keepOne  = 20                    // of so many graves for the end of the trial
	mostHot  = 200                   // of one worker
	mostKept = 2000                  // likewise
)

// bury takes a session out of use, and looks at once who still accepts it.
func (w *worker) bury(s *session, e ending, raced bool) {
	s.account.drop(s)
	w.ledger.ends(s, e, raced)
	g := &grave{s, e, map[*instance]*sighting{}}
	for _, i := range w.instances {
		g.seen[i] = &sighting{listens: i.listens()}
	}
	w.graves = append(w.graves, g)
	for until := time.Now().Add(sharply); time.Now().Before(until); {
		again := false
		for _, i := range w.instances {
			if w.reaches(i) && g.seen[i].refused == nil {
				again = !w.knock(g, i) || again
			}
		}
		if !again {
			break
		}
	}
	for _, i := range w.instances {
		if g.seen[i].refused == nil && len(w.hot) < mostHot {
			w.hot = append(w.hot, hotGrave{g, i})
		}
	}
}

// knock sends a cookie of an ended session to an instance, and reports whether that refuses
// it. What is accepted was asked after the acknowledgement had arrived.
func (w *worker) knock(g *grave, at *instance) (refuses bool) {
	s := g.session
	r := s.poll(s.cookies[w.rng.IntN(len(s.cookies))])
	if w.rng.IntN(4) == 0 {
		r.path, r.navigates = pathPage, true
	}
	a, ok := w.send(w.client, at, r)
	if !ok {
		return false
	}
	seen := g.seen[at]
	if seen.refused == a.by {
		w.ledger.tried(acceptedAgain, 1)
	}
	if a.by.started.After(g.ending.at) && seen.young != a.by {
		seen.young = a.by
		w.ledger.tried(acceptedNew, 1)
	}
	switch w.judge(s, a) {
	case nobody:
		seen.refused = a.by
		return true
	case ours:
		w.accepted(g, seen, a)
	}
	return false
}

// accepted judges an answer to the cookie of an ended session that shows its user.
func (w *worker) accepted(g *grave, seen *sighting, a answer) {
	after, at := a.sent.Sub(g.ending.at), a.by.instance
	seen.last = max(after, 1)
	if a.cookie != "" {
		g.session.renewed(a.cookie)
	}
	switch {
	case g.ending.by == a.by:
		w.ledger.violated(acceptedHere, "%s, %v after, by server %d (%s)", g.session.id, after, at.number, g.ending.how)
	case a.by.started.After(g.ending.at):
		w.ledger.violated(acceptedNew, "%s, %v after, by server %d (%s)", g.session.id, after, at.number, g.ending.how)
	case seen.refused == a.by:
		w.ledger.violated(acceptedAgain, "%s, %v after, by server %d (%s)", g.session.id, after, at.number, g.ending.how)
	case after > w.bound:
		w.ledger.violated(acceptedBound, "%s, %v after, by server %d (%s)", g.session.id, after, at.number, g.ending.how)
	case after > pollBound+lateness && at.undisturbed(g.ending.at, a.sent):
		w.ledger.violated(acceptedPoll, "%s, %v after, by server %d (%s)", g.session.id, after, at.number, g.ending.how)
	}
}

// knockSomewhere looks after one that is accepted still, or any other.
func (w *worker) knockSomewhere() {
	if n := len(w.hot); n > 0 && w.rng.IntN(4) > 0 {
		i := w.rng.IntN(n)
		h := w.hot[i]
		if w.reaches(h.at) && w.knock(h.grave, h.at) || time.Since(h.grave.ending.at) > w.bound+keptFor {
			w.hot = append(w.hot[:i:i], w.hot[i+1:]...)
		}
		return
	}
	if n := len(w.graves); n > 0 {
		i := w.rng.IntN(n)
		g := w.graves[i]
		w.knock(g, w.where())
		if time.Since(g.ending.at) > w.bound+keptFor {
			w.finish(g)
			w.graves = append(w.graves[:i:i], w.graves[i+1:]...)
		}
	}
}

// finish takes note of how long each instance has accepted a session.
func (w *worker) finish(g *grave) {
	for _, i := range w.instances {
		w.ledger.tried(acceptedBound, 1)
		switch life := g.ending.by; {
		case life != nil && life.instance == i:
			w.ledger.tried(acceptedHere, 1)
			w.ledger.same.add(g.seen[i].last)
		case i.undisturbed(g.ending.at, g.ending.at.Add(max(g.seen[i].last, time.Second))):
			w.ledger.tried(acceptedPoll, 1)
			if g.seen[i].listens {
				w.ledger.told.add(g.seen[i].last)
			} else {
				w.ledger.polled.add(g.seen[i].last)
			}
		default:
			w.ledger.disturbed.add(g.seen[i].last)
		}
	}
	if w.rng.IntN(keepOne) == 0 && len(w.old) < mostKept {
		w.old = append(w.old, g)
	}
}
