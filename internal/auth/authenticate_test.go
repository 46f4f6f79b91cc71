package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func TestARequestCostsNoDatabaseRoundTrip(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.want(w.a, issued.Cookie, visit, auth.OK, "") // under database this one fills the cache
		before := w.store.asked.Load()
		for range 100 {
			w.want(w.a, issued.Cookie, visit, auth.OK, "")
			w.want(w.a, issued.Cookie, look, auth.OK, "")
		}
		if got := w.store.asked.Load() - before; got != 0 {
			t.Errorf("200 requests asked the database %d times, want 0", got)
		}
	})
}

func TestRenewalSlidesTheExpiry(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		for range 30 { // thirty hours, the sliding lifetime being twenty-four
			w.wait(time.Hour)
			r := w.want(w.a, cookie, visit, auth.OK, "")
			if r.Cookie == "" {
				t.Fatal("a visit after an hour has no new cookie")
			}
			cookie = r.Cookie
		}
	})
}

func TestIdleSessionsExpire(t *testing.T) { // SE-4
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		for range 23 { // requests that do not count as activity
			w.wait(time.Hour)
			w.want(w.a, cookie, look, auth.OK, "")
		}
		w.wait(time.Hour + 15*time.Second + time.Millisecond) // with the leeway of a JWT
		w.want(w.a, cookie, look, auth.Ended, auth.Expired)
		w.want(w.a, cookie, visit, auth.Ended, auth.Expired)
	})
}

func TestTheAbsoluteLifetimeHoldsUnderActivity(t *testing.T) { // SE-5
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		for range 71 {
			w.wait(time.Hour)
			if r := w.want(w.a, cookie, visit, auth.OK, ""); r.Cookie != "" {
				cookie = r.Cookie
			}
		}
		w.wait(time.Hour)
		w.want(w.a, cookie, visit, auth.Ended, auth.Expired)
	})
}

func TestEveryCookieOfAnEndedSessionIsDead(t *testing.T) { // RV-1
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		cookies := []string{issued.Cookie}
		for range 3 {
			w.wait(10 * time.Minute)
			cookies = append(cookies, w.want(w.a, cookies[len(cookies)-1], visit, auth.OK, "").Cookie)
		}
		if _, err := w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID, SessionID: issued.Session.ID}, auth.SignedOut); err != nil {
			t.Fatal(err)
		}
		before := w.store.asked.Load()
		for _, c := range cookies {
			w.want(w.a, c, visit, auth.Ended, auth.SignedOut)
			w.want(w.a, c, auth.Mode{Fresh: true}, auth.Ended, auth.SignedOut)
		}
		if got := w.store.asked.Load() - before; w.cfg.Strategy == "jwt" && got != 0 {
			t.Errorf("refusing ended JWTs asked the database %d times, want the view to know", got)
		}
	})
}

func TestALoginRightAfterSigningOutEverywhereLives(t *testing.T) { // RV-1
	both(t, func(t *testing.T, w *world) {
		for range 100 {
			old := w.login(w.a)
			w.a.End(t.Context(), auth.Selector{UserID: old.Session.User.ID}, auth.Everywhere)
			fresh, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password}) // the clock stands still
			if err != nil {
				t.Fatal(err)
			}
			w.want(w.a, old.Cookie, look, auth.Ended, auth.Everywhere)
			w.want(w.a, fresh.Cookie, look, auth.OK, "")
		}
	})
}

func TestEndSelectsWhatItSays(t *testing.T) { // RV-2
	both(t, func(t *testing.T, w *world) {
		w.a.Register(t.Context(), auth.Registration{Email: "bob@example.com", Password: password})
		bob, _ := w.a.Login(t.Context(), auth.Credentials{Email: "bob@example.com", Password: password})
		one, two, three := w.login(w.a), w.login(w.a), w.login(w.a)
		ada := one.Session.User.ID

		if n, _ := w.a.End(t.Context(), auth.Selector{UserID: ada, SessionID: bob.Session.ID}, auth.SignedOut); n != 0 {
			t.Errorf("Ada ended %d sessions of Bob's, want 0", n)
		}
		w.a.End(t.Context(), auth.Selector{UserID: ada, SessionID: one.Session.ID}, auth.SignedOut)
		w.want(w.a, one.Cookie, look, auth.Ended, auth.SignedOut)
		w.a.End(t.Context(), auth.Selector{UserID: ada, Except: three.Session.ID}, auth.Everywhere)
		w.want(w.a, one.Cookie, look, auth.Ended, auth.SignedOut) // the first reason stays
		w.want(w.a, two.Cookie, look, auth.Ended, auth.Everywhere)
		w.want(w.a, three.Cookie, look, auth.OK, "")
		w.a.End(t.Context(), auth.Selector{UserID: ada}, auth.Everywhere)
		w.want(w.a, three.Cookie, look, auth.Ended, auth.Everywhere)
		w.want(w.a, bob.Cookie, look, auth.OK, "")
	})
}

func TestAnotherInstanceHearsOfAnEnding(t *testing.T) { // RV-3
	both(t, func(t *testing.T, w *world) {
		b := w.instance()
		issued := w.login(w.a)
		w.want(b, issued.Cookie, look, auth.OK, "")
		w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)

		// B is cut off from everything. It trusts what it validated, and no longer than promised.
		w.store.down.Store(true)
		w.wait(4*time.Minute + 59*time.Second)
		w.want(b, issued.Cookie, look, auth.OK, "")
		w.wait(time.Second)
		if r := b.Authenticate(t.Context(), issued.Cookie, look); r.State != auth.Unavailable {
			t.Errorf("cut off past RenewAfter, Authenticate = state %d, want Unavailable", r.State)
		}

		w.store.down.Store(false)
		if err := b.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.want(b, issued.Cookie, look, auth.Ended, auth.Everywhere)
	})
}

func TestRequireFreshBelievesNobody(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		b := w.instance()
		issued := w.login(w.a)
		w.want(b, issued.Cookie, look, auth.OK, "")
		w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)
		w.want(b, issued.Cookie, auth.Mode{Fresh: true}, auth.Ended, auth.Everywhere) // B has heard nothing yet
	})
}

func TestOutage(t *testing.T) { // RV-4, DB-1
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.want(w.a, issued.Cookie, look, auth.OK, "")
		w.store.down.Store(true)

		w.want(w.a, issued.Cookie, look, auth.OK, "")
		w.want(w.a, issued.Cookie, auth.Mode{Fresh: true}, auth.Unavailable, "")
		if _, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password}); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("Login = %v, want ErrUnavailable", err)
		}
		if _, err := w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("End = %v, want ErrUnavailable", err)
		}
		w.wait(6 * time.Minute)
		w.want(w.a, issued.Cookie, look, auth.Unavailable, "")
		w.want(w.a, issued.Cookie, visit, auth.Unavailable, "")

		w.store.down.Store(false)
		w.want(w.a, issued.Cookie, visit, auth.OK, "")
	})
}

func TestADueRenewalThatFailsDoesNotSignOut(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.wait(999 * time.Millisecond) // due a tenth early: see renewalDue
		issued := w.login(w.a)
		w.wait(998 * time.Millisecond)
		issued = w.login(w.a)
		w.want(w.a, issued.Cookie, look, auth.OK, "")
		w.store.down.Store(true)
		w.wait(4*time.Minute + 50*time.Second)
		before := w.store.asked.Load()
		w.want(w.a, issued.Cookie, visit, auth.OK, "")
		if w.store.asked.Load() == before {
			t.Error("the renewal was not due; the test proves nothing")
		}
	})
}

func TestParallelRequestsRenewOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.want(w.a, issued.Cookie, look, auth.OK, "")
		w.wait(10 * time.Minute)
		w.store.slow = make(chan struct{})
		before := w.store.asked.Load()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { w.want(w.a, issued.Cookie, visit, auth.OK, "") })
		}
		time.AfterFunc(50*time.Millisecond, func() { close(w.store.slow) })
		wg.Wait()
		if got := w.store.asked.Load() - before; got != 1 {
			t.Errorf("50 parallel requests asked the database %d times, want once", got)
		}
	})
}

func TestChangingTheStrategySignsNobodyOut(t *testing.T) {
	for _, from := range strategies {
		to := strategies[1]
		if from == to {
			to = strategies[0]
		}
		t.Run(from+" to "+to, func(t *testing.T) {
			w := newWorld(t, from)
			old := w.login(w.a)
			w.cfg.Strategy = to
			a, b := w.instance(), w.instance()

			if r := w.want(a, old.Cookie, look, auth.OK, ""); r.Cookie != "" {
				t.Error("a request that may not touch the cookie has a new one")
			}
			// Two requests of one page, on two instances.
			first := w.want(a, old.Cookie, visit, auth.OK, "").Cookie
			second := w.want(b, old.Cookie, visit, auth.OK, "").Cookie
			for _, c := range []string{first, second} {
				if isJWT := strings.Count(c, ".") == 4; isJWT != (to == "jwt") {
					t.Fatalf("the new cookie %.20q… is not of the strategy %s", c, to)
				}
				for _, s := range []*auth.Service{a, b} {
					if r := w.want(s, c, visit, auth.OK, ""); r.Session.ID != old.Session.ID {
						t.Errorf("the new cookie is for session %q, want %q", r.Session.ID, old.Session.ID)
					}
				}
			}
			// And back.
			w.cfg.Strategy = from
			back := w.instance()
			again := w.want(back, second, visit, auth.OK, "").Cookie
			w.want(back, again, visit, auth.OK, "")

			a.End(t.Context(), auth.Selector{UserID: old.Session.User.ID}, auth.Everywhere)
			for _, c := range []string{old.Cookie, first, second, again} {
				if r := a.Authenticate(t.Context(), c, look); r.State == auth.OK {
					t.Error("a cookie of the ended session still answers")
				}
			}
		})
	}
}

func TestAJWTProvesNothingUnderDatabase(t *testing.T) {
	w := newWorld(t, "database")
	// Someone who knows the secret makes a JWT for a session that does not exist.
	forger, err := auth.NewJWT(w.cfg.Cookie.Name, secret)
	if err != nil {
		t.Fatal(err)
	}
	now := w.clock()
	forged, err := forger.Carry(auth.Session{ID: "made-up", User: auth.User{ID: "1", Email: "ada@example.com"},
		ValidatedAt: now, ExpiresAt: now.Add(time.Hour), AbsoluteExpiresAt: now.Add(time.Hour)}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.want(w.a, forged, look, auth.None, "")
	w.want(w.a, forged, visit, auth.None, "")
}

func TestTheStoredHashIsNoToken(t *testing.T) { // SE-2, SE-3
	w := newWorld(t, "database")
	issued := w.login(w.a)
	if len(issued.Cookie) != 43 { // 32 bytes in base64url
		t.Errorf("the token has %d characters, want 43", len(issued.Cookie))
	}
	if strings.Contains(issued.Cookie, string(issued.Session.TokenHash)) || len(issued.Session.TokenHash) != 32 {
		t.Error("the row keeps more than the SHA-256 of the token")
	}
	for _, bad := range []string{"", "x", issued.Session.ID, string(issued.Session.TokenHash), issued.Cookie + "=", issued.Cookie[:42], strings.Repeat("A", 1<<20)} {
		w.want(w.a, bad, visit, auth.None, "")
	}
}

func TestADisabledUserIsOut(t *testing.T) { // SE-8
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.want(w.a, issued.Cookie, look, auth.OK, "")
		if err := w.a.Disable(t.Context(), "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		w.want(w.a, issued.Cookie, look, auth.Ended, auth.Admin)
	})
}

func TestAClockThatStepsBackRevivesNothing(t *testing.T) { // CT-1
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.SignedOut)
		w.wait(-time.Hour)
		if r := w.a.Authenticate(t.Context(), issued.Cookie, visit); r.State == auth.OK {
			t.Error("an ended session is back after the clock was set back")
		}
	})
}

func TestNothingIsTrustedWithoutRenewAfter(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.cfg.RenewAfter = 0
		a := w.instance()
		issued := w.login(a)
		for range 3 {
			before := w.store.asked.Load()
			w.want(a, issued.Cookie, look, auth.OK, "")
			if w.store.asked.Load() == before {
				t.Error("a request did not ask the database though SESSION_RENEW_AFTER is 0")
			}
		}
	})
}
