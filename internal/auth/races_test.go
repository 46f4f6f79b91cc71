package auth_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestAskingTheDatabaseDoesNotJoinAQuestionPutBefore(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		b := w.Instance() // has nothing in its cache
		held := w.Store.HoldFind()
		var early sync.WaitGroup
		early.Go(func() { b.Authenticate(t.Context(), issued.Cookie, auth.Mode{AskDatabase: true}) })
		held.Reached(t) // the session is read, and live
		if _, err := b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere); err != nil {
			t.Fatal(err)
		}
		late := make(chan auth.Result, 1)
		go func() { late <- b.Authenticate(t.Context(), issued.Cookie, auth.Mode{AskDatabase: true}) }()
		select {
		case r := <-late:
			if r.State != auth.StateEnded || r.Reason != auth.ReasonEverywhere {
				t.Errorf("a fresh check after the ending = state %d %q, want it ended", r.State, r.Reason)
			}
		case <-time.After(10 * time.Second):
			t.Error("a fresh check waits for the answer to an earlier question")
		}
		close(held.Release)
		early.Wait()
		w.Want(b, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere) // nothing stale was remembered
	})
}

func TestAnAnswerOvertakenByAnEndingIsNotBelieved(t *testing.T) {
	w := authtest.NewWorld(t, "database")
	issued := w.Login(w.A)
	b := w.Instance()
	held := w.Store.HoldFind()
	result := make(chan auth.Result, 1)
	go func() { result <- b.Authenticate(t.Context(), issued.Cookie, authtest.Look) }()
	held.Reached(t)
	b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)
	close(held.Release)
	if r := <-result; r.State != auth.StateEnded {
		t.Errorf("a request whose session ended while the database answered = state %d, want Ended", r.State)
	}
}

func TestAValidationFromTheFutureIsNotTrusted(t *testing.T) { // CT-1
	w := authtest.NewWorld(t, "database")
	issued := w.Login(w.A)
	b := w.Instance()
	w.Wait(time.Hour) // the clock is an hour ahead …
	w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
	w.Wait(-time.Hour) // … and is put right
	b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)
	for range 100 { // this instance forgets the ending in time
		w.Wait(4 * time.Second)
		w.A.Sync(t.Context())
	}
	w.Want(w.A, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere)
}

func TestALateRenewalDoesNotExceedTheLimit(t *testing.T) { // CL-2
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.Limit = 1
		w.A = w.Instance()
		first := w.Login(w.A)
		w.Wait(24*time.Hour - time.Millisecond)
		w.Store.Slow = make(chan struct{})
		result := make(chan auth.Result, 1)
		go func() { result <- w.A.Authenticate(t.Context(), first.Cookie, authtest.Visit) }()
		for w.Store.Asked.Load() == 0 { // the renewal is on its way, with the time before the expiry
			runtime.Gosched()
		}
		w.Wait(time.Second)
		second := w.Login(w.A)
		close(w.Store.Slow)
		if r := <-result; r.State == auth.StateOK {
			t.Error("the expired session was renewed after a login that did not count it")
		}
		w.Want(w.A, second.Cookie, authtest.Look, auth.StateOK, "")
		if _, live, _ := w.A.Sessions(t.Context(), first.Session.User.ID, auth.Page{}); live != 1 {
			t.Errorf("%d sessions are live, want 1", live)
		}
	})
}

func TestAMixOfStrategiesAgreesOnTheToken(t *testing.T) { // a rolling change of SESSION_STRATEGY
	w := authtest.NewWorld(t, "jwt")
	w.Cfg.Strategy = "database"
	b := w.Instance()
	jwt := w.Login(w.A)
	token := w.Want(b, jwt.Cookie, authtest.Visit, auth.StateOK, "").Cookie
	again := w.Want(w.A, token, authtest.Visit, auth.StateOK, "").Cookie
	if second := w.Want(b, again, authtest.Visit, auth.StateOK, "").Cookie; second != token {
		t.Error("the session has two tokens, of which one is dead")
	}
	w.Want(b, token, authtest.Visit, auth.StateOK, "")
	w.Want(w.A, token, authtest.Look, auth.StateOK, "")
}

func TestADatabaseThatCannotBeWrittenSignsNobodyOut(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.Wait(time.Hour)
		w.Store.ReadOnly.Store(true)
		if r := w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, ""); r.Cookie != "" {
			t.Error("a renewal that was not written made a cookie")
		}
	})
}
