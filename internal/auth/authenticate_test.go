package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestARequestCostsNoDatabaseRoundTrip(t *testing.T) {
	authtest.Cached(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "") // under database this one fills the cache
		before := w.Store.Asked.Load()
		for range 100 {
			w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
			w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		}
		if got := w.Store.Asked.Load() - before; got != 0 {
			t.Errorf("200 requests asked the database %d times, want 0", got)
		}
	})
}

func TestRenewalSlidesTheExpiry(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		cookie := w.Login(w.A).Cookie
		for range 30 { // thirty hours, the sliding lifetime being twenty-four
			w.Wait(time.Hour)
			r := w.Want(w.A, cookie, authtest.Visit, auth.StateOK, "")
			if r.Cookie == "" {
				t.Fatal("a visit after an hour has no new cookie")
			}
			cookie = r.Cookie
		}
	})
}

func TestIdleSessionsExpire(t *testing.T) { // SE-4
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		cookie := w.Login(w.A).Cookie
		for range 23 { // requests that do not count as activity
			w.Wait(time.Hour)
			w.Want(w.A, cookie, authtest.Look, auth.StateOK, "")
		}
		w.Wait(time.Hour + 15*time.Second + time.Millisecond) // with the leeway of a JWT
		w.Want(w.A, cookie, authtest.Look, auth.StateEnded, auth.ReasonExpired)
		w.Want(w.A, cookie, authtest.Visit, auth.StateEnded, auth.ReasonExpired)
	})
}

func TestTheAbsoluteLifetimeHoldsUnderActivity(t *testing.T) { // SE-5
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		cookie := w.Login(w.A).Cookie
		for range 71 {
			w.Wait(time.Hour)
			if r := w.Want(w.A, cookie, authtest.Visit, auth.StateOK, ""); r.Cookie != "" {
				cookie = r.Cookie
			}
		}
		w.Wait(time.Hour)
		w.Want(w.A, cookie, authtest.Visit, auth.StateEnded, auth.ReasonExpired)
	})
}

func TestEveryCookieOfAnEndedSessionIsDead(t *testing.T) { // RV-1
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		cookies := []string{issued.Cookie}
		for range 3 {
			w.Wait(10 * time.Minute)
			cookies = append(cookies, w.Want(w.A, cookies[len(cookies)-1], authtest.Visit, auth.StateOK, "").Cookie)
		}
		if _, err := w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID, SessionID: issued.Session.ID}, auth.ReasonSignedOut); err != nil {
			t.Fatal(err)
		}
		before := w.Store.Asked.Load()
		for _, c := range cookies {
			w.Want(w.A, c, authtest.Visit, auth.StateEnded, auth.ReasonSignedOut)
			w.Want(w.A, c, auth.Mode{AskDatabase: true}, auth.StateEnded, auth.ReasonSignedOut)
		}
		if got := w.Store.Asked.Load() - before; w.Cfg.Strategy == "jwt" && got != 0 {
			t.Errorf("refusing ended JWTs asked the database %d times, want this instance to know", got)
		}
	})
}

func TestALoginRightAfterSigningOutEverywhereLives(t *testing.T) { // RV-1
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		for range 100 {
			old := w.Login(w.A)
			w.A.End(t.Context(), auth.Selector{UserID: old.Session.User.ID}, auth.ReasonEverywhere)
			fresh, err := w.A.Begin(t.Context(), authtest.Ada) // the clock stands still
			if err != nil {
				t.Fatal(err)
			}
			w.Want(w.A, old.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere)
			w.Want(w.A, fresh.Cookie, authtest.Look, auth.StateOK, "")
		}
	})
}

func TestEndSelectsWhatItSays(t *testing.T) { // RV-2
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.AddUser("bob", "Bob")
		bob, _ := w.A.Begin(t.Context(), auth.Login{UserID: "bob"})
		one, two, three := w.Login(w.A), w.Login(w.A), w.Login(w.A)
		ada := one.Session.User.ID

		if n, _ := w.A.End(t.Context(), auth.Selector{UserID: ada, SessionID: bob.Session.ID}, auth.ReasonSignedOut); n != 0 {
			t.Errorf("Ada ended %d sessions of Bob's, want 0", n)
		}
		w.A.End(t.Context(), auth.Selector{UserID: ada, SessionID: one.Session.ID}, auth.ReasonSignedOut)
		w.Want(w.A, one.Cookie, authtest.Look, auth.StateEnded, auth.ReasonSignedOut)
		w.A.End(t.Context(), auth.Selector{UserID: ada, Except: three.Session.ID}, auth.ReasonEverywhere)
		w.Want(w.A, one.Cookie, authtest.Look, auth.StateEnded, auth.ReasonSignedOut) // the first reason stays
		w.Want(w.A, two.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere)
		w.Want(w.A, three.Cookie, authtest.Look, auth.StateOK, "")
		w.A.End(t.Context(), auth.Selector{UserID: ada}, auth.ReasonEverywhere)
		w.Want(w.A, three.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere)
		w.Want(w.A, bob.Cookie, authtest.Look, auth.StateOK, "")
	})
}

func TestAnotherInstanceHearsOfAnEnding(t *testing.T) { // RV-3
	authtest.Cached(t, func(t *testing.T, w *authtest.World) {
		b := w.Instance()
		issued := w.Login(w.A)
		w.Want(b, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)

		// B is cut off from everything. It trusts what it validated, and no longer than promised.
		w.Store.Down.Store(true)
		w.Wait(4*time.Minute + 59*time.Second)
		w.Want(b, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Wait(time.Second)
		if r := b.Authenticate(t.Context(), issued.Cookie, authtest.Look); r.State != auth.StateUnavailable {
			t.Errorf("cut off past RenewAfter, Authenticate = state %d, want Unavailable", r.State)
		}

		w.Store.Down.Store(false)
		if err := b.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Want(b, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonEverywhere)
	})
}

func TestRequireFreshBelievesNobody(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		b := w.Instance()
		issued := w.Login(w.A)
		w.Want(b, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)
		w.Want(b, issued.Cookie, auth.Mode{AskDatabase: true}, auth.StateEnded, auth.ReasonEverywhere) // B has heard nothing yet
	})
}

func TestOutage(t *testing.T) { // RV-4, DB-1
	authtest.Cached(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Store.Down.Store(true)

		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Want(w.A, issued.Cookie, auth.Mode{AskDatabase: true}, auth.StateUnavailable, "")
		if _, err := w.A.Begin(t.Context(), authtest.Ada); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("Login = %v, want ErrUnavailable", err)
		}
		if _, err := w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("End = %v, want ErrUnavailable", err)
		}
		w.Wait(6 * time.Minute)
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateUnavailable, "")
		w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateUnavailable, "")

		w.Store.Down.Store(false)
		w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
	})
}

func TestADueRenewalThatFailsDoesNotSignOut(t *testing.T) {
	authtest.Cached(t, func(t *testing.T, w *authtest.World) {
		w.Wait(999 * time.Millisecond) // due a tenth early: see renewalDue
		issued := w.Login(w.A)
		w.Wait(998 * time.Millisecond)
		issued = w.Login(w.A)
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Store.Down.Store(true)
		w.Wait(4*time.Minute + 50*time.Second)
		before := w.Store.Asked.Load()
		w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
		if w.Store.Asked.Load() == before {
			t.Error("the renewal was not due; the test proves nothing")
		}
	})
}

func TestParallelRequestsRenewOnce(t *testing.T) {
	authtest.Cached(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Wait(10 * time.Minute)
		w.Store.Slow = make(chan struct{})
		before := w.Store.Asked.Load()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "") })
		}
		time.AfterFunc(50*time.Millisecond, func() { close(w.Store.Slow) })
		wg.Wait()
		if got := w.Store.Asked.Load() - before; got != 1 {
			t.Errorf("50 parallel requests asked the database %d times, want once", got)
		}
	})
}

func TestChangingTheStrategySignsNobodyOut(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		from, to := w.Cfg.Strategy, authtest.Strategies[0]
		if from == to {
			to = authtest.Strategies[1]
		}
		t.Run("to "+to, func(t *testing.T) {
			old := w.Login(w.A)
			w.Cfg.Strategy = to
			a, b := w.Instance(), w.Instance()

			if r := w.Want(a, old.Cookie, authtest.Look, auth.StateOK, ""); r.Cookie != "" {
				t.Error("a request that may not touch the cookie has a new one")
			}
			// Two requests of one page, on two instances.
			first := w.Want(a, old.Cookie, authtest.Visit, auth.StateOK, "").Cookie
			second := w.Want(b, old.Cookie, authtest.Visit, auth.StateOK, "").Cookie
			for _, c := range []string{first, second} {
				if isJWT := strings.Count(c, ".") == 4; isJWT != (to == "jwt") {
					t.Fatalf("the new cookie %.20q… is not of the strategy %s", c, to)
				}
				for _, s := range []*auth.Service{a, b} {
					if r := w.Want(s, c, authtest.Visit, auth.StateOK, ""); r.Session.ID != old.Session.ID {
						t.Errorf("the new cookie is for session %q, want %q", r.Session.ID, old.Session.ID)
					}
				}
			}
			// And back.
			w.Cfg.Strategy = from
			back := w.Instance()
			again := w.Want(back, second, authtest.Visit, auth.StateOK, "").Cookie
			w.Want(back, again, authtest.Visit, auth.StateOK, "")

			a.End(t.Context(), auth.Selector{UserID: old.Session.User.ID}, auth.ReasonEverywhere)
			for _, c := range []string{old.Cookie, first, second, again} {
				if r := a.Authenticate(t.Context(), c, authtest.Look); r.State == auth.StateOK {
					t.Error("a cookie of the ended session still answers")
				}
			}
		})
	})
}

func TestAJWTProvesNothingUnderDatabase(t *testing.T) {
	w := authtest.NewWorld(t, "database")
	// Someone who knows the secret makes a JWT for a session that does not exist.
	forger, err := auth.NewJWT(w.Cfg.CookieName, authtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	now := w.Now()
	forged, err := forger.Encode(auth.Session{ID: "made-up", User: auth.User{ID: "1", Email: "ada@example.com"},
		ValidatedAt: now, ExpiresAt: now.Add(time.Hour), AbsoluteExpiresAt: now.Add(time.Hour)}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.Want(w.A, forged, authtest.Look, auth.StateNone, "")
	w.Want(w.A, forged, authtest.Visit, auth.StateNone, "")
}

func TestTheStoredHashIsNoToken(t *testing.T) { // SE-2, SE-3
	w := authtest.NewWorld(t, "database")
	issued := w.Login(w.A)
	if len(issued.Cookie) != 43 { // 32 bytes in base64url
		t.Errorf("the token has %d characters, want 43", len(issued.Cookie))
	}
	if strings.Contains(issued.Cookie, string(issued.Session.TokenHash)) || len(issued.Session.TokenHash) != 32 {
		t.Error("the row keeps more than the SHA-256 of the token")
	}
	for _, bad := range []string{"", "x", issued.Session.ID, string(issued.Session.TokenHash), issued.Cookie + "=", issued.Cookie[:42], strings.Repeat("A", 1<<20)} {
		w.Want(w.A, bad, authtest.Visit, auth.StateNone, "")
	}
}

func TestADisabledUserIsOut(t *testing.T) { // SE-8
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
		w.Disable(w.A, "ada")
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonAdmin)
	})
}

func TestAClockThatStepsBackRevivesNothing(t *testing.T) { // CT-1
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonSignedOut)
		w.Wait(-time.Hour)
		if r := w.A.Authenticate(t.Context(), issued.Cookie, authtest.Visit); r.State == auth.StateOK {
			t.Error("an ended session is back after the clock was set back")
		}
	})
}

func TestNothingIsTrustedWithoutRenewAfter(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.RenewAfter = 0
		a := w.Instance()
		issued := w.Login(a)
		for range 3 {
			before := w.Store.Asked.Load()
			w.Want(a, issued.Cookie, authtest.Look, auth.StateOK, "")
			if w.Store.Asked.Load() == before {
				t.Error("a request did not ask the database though SESSION_RENEW_AFTER is 0")
			}
		}
	})
}

// A token that another application made with our secret, or that leaked, may name
// any user beside a live session.
func TestATokenOfAnotherUserIsNobody(t *testing.T) { // RV-2
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.AddUser("eve", "Eve")
		live := w.Login(w.A)
		codec, err := auth.NewJWT(w.Cfg.CookieName, authtest.Secret)
		if err != nil {
			t.Fatal(err)
		}
		session := live.Session
		session.User = auth.User{ID: "eve", Email: "eve@example.com"}
		forged, err := codec.Encode(session, "")
		if err != nil {
			t.Fatal(err)
		}
		w.Want(w.A, forged, auth.Mode{AskDatabase: true}, auth.StateNone, "")
		w.Wait(10 * time.Minute) // past any trust in what it says of itself
		for _, mode := range []auth.Mode{authtest.Look, authtest.Visit} {
			w.Want(w.A, forged, mode, auth.StateNone, "")
		}
		w.Want(w.A, live.Cookie, authtest.Visit, auth.StateOK, "")

		if err := w.A.SignOut(t.Context(), forged); err != nil {
			t.Fatal(err)
		}
		w.Want(w.A, live.Cookie, authtest.Look, auth.StateEnded, auth.ReasonSignedOut)
	})
}

func TestSignOutFailsWhereTheDatabaseIsDown(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		live := w.Login(w.A)
		w.Store.Down.Store(true)
		if err := w.A.SignOut(t.Context(), live.Cookie); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("SignOut during an outage = %v, want ErrUnavailable", err)
		}
		w.Store.Down.Store(false)
		w.Want(w.A, live.Cookie, authtest.Look, auth.StateOK, "")
		for _, none := range []string{"", "nonsense", live.Cookie[:20]} {
			if err := w.A.SignOut(t.Context(), none); err != nil {
				t.Errorf("SignOut(%q) = %v, want nil: it names no session", none, err)
			}
		}
	})
}
