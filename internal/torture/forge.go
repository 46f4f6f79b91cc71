package main

import (
	"time"

	"latchkey/internal/auth"
)

// forge sends a token that names one user and the session of another, as a program could make
// that shares the secret and has a bug. The database is asked for it, since its validation
// is too old, and then it is nobody's.
func (w *worker) forge() {
	a, victim := w.pick(), w.pick()
	if a == victim || len(a.live) == 0 {
		return
	}
	own := a.live[w.rng.IntN(len(a.live))]
	long := time.Now().Add(-time.Hour)
	token, err := w.truth.forger.Encode(auth.Session{
		ID: own.id, User: auth.User{ID: victim.id, Email: victim.email}, Method: auth.MethodPassword, AuthenticatedAt: long,
		ValidatedAt: long, ExpiresAt: time.Now().Add(time.Hour), AbsoluteExpiresAt: time.Now().Add(absoluteMaxAge),
	}, "")
	if err != nil {
		w.ledger.violated(wrongUser, "no token can be forged: %v", err)
		return
	}
	answer, ok := w.send(w.client, w.where(), own.poll(token))
	if !ok {
		return
	}
	w.ledger.tried(wrongUser, 1)
	if w.judge(own, answer) == ours {
		w.ledger.violated(wrongUser, "server %d shows %s to a token that names %s", answer.by.instance.number, a.email, victim.email)
	}
}
