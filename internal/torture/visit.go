package main

import (
	"context"
	"time"
)

// visit is one request of a user who is signed in.
func (w *worker) visit(ctx context.Context) {
	a := w.pick()
	if len(a.live) == 0 {
		w.arrive(ctx, a)
		return
	}
	w.look(ctx, a.live[w.rng.IntN(len(a.live))], w.where())
}

// look asks an instance who a session is, and takes the cookie that it sets.
func (w *worker) look(ctx context.Context, s *session, at *instance) {
	r := s.poll(s.newest())
	if w.rng.IntN(10) == 0 {
		r = s.page(s.newest())
	}
	a, ok := w.send(w.client, at, r)
	if !ok {
		return
	}
	switch w.judge(s, a) {
	case ours:
		if a.cookie != "" {
			s.renewed(a.cookie)
		}
	case nobody:
		w.refusedThough(ctx, s, a)
	}
}

// refusedThough finds out why a session that has not been ended, as far as this worker knows,
// is refused.
func (w *worker) refusedThough(ctx context.Context, s *session, a answer) {
	for range 100 {
		live, err := w.truth.live(ctx, s.account.id)
		if err == nil {
			_, lives := live[s.id]
			switch {
			case lives:
				w.ledger.violated(lostSession, "server %d refuses session %s of %s, which has not ended", a.by.instance.number, s.id, s.account.email)
			case s.begun.After(s.account.doubtful):
				w.ledger.violated(lostSession, "session %s of %s has ended, though nobody asked for that", s.id, s.account.email)
			}
			if !lives { // what nobody acknowledged has been carried out after all
				w.bury(s, ending{at: time.Now(), how: "found out"}, false)
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
