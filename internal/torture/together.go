package main

import (
	"context"
	"sync"
	"time"
)

// race signs a session out on one instance while another renews it: each of the two begins
// first, by up to some milliseconds. However it goes, the session is over afterwards, and so
// is the cookie that the renewal has made.
func (w *worker) race(ctx context.Context) {
	a := w.pick()
	if len(a.live) >= sessionLimit || a.inDoubt() {
		return
	}
	s := w.begin(ctx, a, w.truth.early) // so that its first request renews it
	if s == nil {
		return
	}
	out, poll := w.where(), w.where()
	pause := time.Duration(w.rng.IntN(6000)-3000) * time.Microsecond
	var left, polled answer
	var okLeft, okPolled bool
	var both sync.WaitGroup
	both.Go(func() {
		time.Sleep(pause)
		left, okLeft = w.send(w.others[0], out, s.post("/signout", nil))
	})
	both.Go(func() {
		time.Sleep(-pause)
		polled, okPolled = w.send(w.others[1], poll, s.poll(s.newest()))
	})
	both.Wait()
	if okPolled && w.judge(s, polled) == ours && polled.cookie != "" {
		s.renewed(polled.cookie)
		w.ledger.count("renewals at the moment of a sign-out")
	}
	if !okLeft || !left.redirectsTo("/signin") {
		a.doubt()
		return
	}
	order := "sign-out first, then the poll"
	if polled.sent.Before(left.sent) {
		order = "poll first, then the sign-out"
	}
	w.ledger.count(order)
	w.bury(s, ending{later(left.got, polled.got), left.by, "at the moment of a renewal"}, true)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// crowd signs one user in several times at the same moment, on several instances, and the
// operator does so all the while. Never are there more sessions than the limit.
func (w *worker) crowd(ctx context.Context) {
	a := w.pick()
	a.crowded = true
	defer func() { a.crowded = false }()
	answers := make([]answer, len(w.others))
	oks := make([]bool, len(w.others))
	var all sync.WaitGroup
	for n, c := range w.others {
		at := w.where()
		all.Go(func() { answers[n], oks[n] = w.send(c, at, a.signInForm()) })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		case <-time.After(3 * time.Millisecond):
			w.begin(ctx, a, w.truth.operator)
		}
	}
	for n, answer := range answers {
		w.signedIn(ctx, a, answer, oks[n])
	}
	w.sweep(ctx, a, ending{at: time.Now(), how: "limit"})
}
