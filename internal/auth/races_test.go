package auth_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func TestFreshDoesNotJoinAQuestionPutBefore(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		b := w.instance() // has nothing in its cache
		held := w.store.holdFind()
		var early sync.WaitGroup
		early.Go(func() { b.Authenticate(t.Context(), issued.Cookie, auth.Mode{Fresh: true}) })
		<-held.read // the session is read, and live
		if _, err := b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere); err != nil {
			t.Fatal(err)
		}
		late := make(chan auth.Result, 1)
		go func() { late <- b.Authenticate(t.Context(), issued.Cookie, auth.Mode{Fresh: true}) }()
		select {
		case r := <-late:
			if r.State != auth.Ended || r.Reason != auth.Everywhere {
				t.Errorf("a fresh check after the ending = state %d %q, want it ended", r.State, r.Reason)
			}
		case <-time.After(10 * time.Second):
			t.Error("a fresh check waits for the answer to an earlier question")
		}
		close(held.release)
		early.Wait()
		w.want(b, issued.Cookie, look, auth.Ended, auth.Everywhere) // nothing stale was remembered
	})
}

func TestAnAnswerOvertakenByAnEndingIsNotBelieved(t *testing.T) {
	w := newWorld(t, "database")
	issued := w.login(w.a)
	b := w.instance()
	held := w.store.holdFind()
	result := make(chan auth.Result, 1)
	go func() { result <- b.Authenticate(t.Context(), issued.Cookie, look) }()
	<-held.read
	b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)
	close(held.release)
	if r := <-result; r.State != auth.Ended {
		t.Errorf("a request whose session ended while the database answered = state %d, want Ended", r.State)
	}
}

func TestAValidationFromTheFutureIsNotTrusted(t *testing.T) { // CT-1
	w := newWorld(t, "database")
	issued := w.login(w.a)
	b := w.instance()
	w.wait(time.Hour) // the clock is an hour ahead …
	w.want(w.a, issued.Cookie, visit, auth.OK, "")
	w.wait(-time.Hour) // … and is put right
	b.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)
	for range 100 { // the view forgets the ending in time
		w.wait(4 * time.Second)
		w.a.Sync(t.Context())
	}
	w.want(w.a, issued.Cookie, look, auth.Ended, auth.Everywhere)
}

func TestALateRenewalDoesNotExceedTheLimit(t *testing.T) { // CL-2
	both(t, func(t *testing.T, w *world) {
		w.cfg.Limit = 1
		w.a = w.instance()
		first := w.login(w.a)
		w.wait(24*time.Hour - time.Millisecond)
		w.store.slow = make(chan struct{})
		result := make(chan auth.Result, 1)
		go func() { result <- w.a.Authenticate(t.Context(), first.Cookie, visit) }()
		for w.store.asked.Load() == 0 { // the renewal is on its way, with the time before the expiry
			runtime.Gosched()
		}
		w.wait(time.Second)
		second := w.login(w.a)
		close(w.store.slow)
		if r := <-result; r.State == auth.OK {
			t.Error("the expired session was renewed after a login that did not count it")
		}
		w.want(w.a, second.Cookie, look, auth.OK, "")
		if live, _ := w.a.Sessions(t.Context(), first.Session.User.ID); len(live) != 1 {
			t.Errorf("%d sessions are live, want 1", len(live))
		}
	})
}

func TestAMixOfStrategiesAgreesOnTheToken(t *testing.T) { // a rolling change of SESSION_STRATEGY
	w := newWorld(t, "jwt")
	w.cfg.Strategy = "database"
	b := w.instance()
	jwt := w.login(w.a)
	token := w.want(b, jwt.Cookie, visit, auth.OK, "").Cookie
	again := w.want(w.a, token, visit, auth.OK, "").Cookie
	if second := w.want(b, again, visit, auth.OK, "").Cookie; second != token {
		t.Error("the session has two tokens, of which one is dead")
	}
	w.want(b, token, visit, auth.OK, "")
	w.want(w.a, token, look, auth.OK, "")
}

func TestADatabaseThatCannotBeWrittenSignsNobodyOut(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.wait(time.Hour)
		w.store.readOnly.Store(true)
		if r := w.want(w.a, issued.Cookie, visit, auth.OK, ""); r.Cookie != "" {
			t.Error("a renewal that was not written made a cookie")
		}
	})
}
