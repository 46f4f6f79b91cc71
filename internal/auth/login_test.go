package auth_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func TestLogin(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		r := w.want(w.a, issued.Cookie, visit, auth.OK, "")
		if r.Session.ID != issued.Session.ID || r.Session.User.Email != "ada@example.com" || r.Session.User.Name != "Ada" {
			t.Errorf("the cookie is %s's session %s, want Ada's %s", r.Session.User.Email, r.Session.ID, issued.Session.ID)
		}
		if r.Cookie != "" {
			t.Error("a session just begun is renewed, want its cookie left alone")
		}
	})
}

func TestWrongCredentialsLookTheSame(t *testing.T) { // LG-1
	both(t, func(t *testing.T, w *world) {
		for _, c := range []auth.Credentials{
			{Email: "ada@example.com", Password: "seven quiet ships at noom"},
			{Email: "ada@example.com", Password: ""},
			{Email: "nobody@example.com", Password: password},
			{Email: "no address", Password: password},
			{Email: "ada@example.com", Password: "\xff"},
		} {
			_, err := w.a.Login(t.Context(), c)
			if err != auth.ErrCredentials {
				t.Errorf("Login(%q, %q) = %v, want the bare ErrCredentials", c.Email, c.Password, err)
			}
		}
		if err := w.a.Disable(t.Context(), "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password}); err != auth.ErrCredentials {
			t.Errorf("Login of a disabled account = %v, want the bare ErrCredentials", err)
		}
	})
}

func TestOneAccountWhateverTheSpelling(t *testing.T) { // LG-4, PW-4
	w := newWorld(t, "jwt")
	for _, email := range []string{"ADA@example.com", " ada@example.com ", "ada＠example.com"} {
		if _, err := w.a.Login(t.Context(), auth.Credentials{Email: email, Password: password}); err != nil {
			t.Errorf("Login(%q) = %v, want Ada's account", email, err)
		}
		_, err := w.a.Register(t.Context(), auth.Registration{Email: email, Password: "another good one, this"})
		if !errors.Is(err, auth.ErrEmailTaken) {
			t.Errorf("Register(%q) = %v, want ErrEmailTaken", email, err)
		}
	}
}

func TestRegisterSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, "jwt")
	_, err := w.a.Register(t.Context(), auth.Registration{Name: "a\x07b", Email: "nope", Password: "short"})
	invalid, ok := errors.AsType[auth.Invalid](err)
	if !ok || len(invalid) != 3 {
		t.Fatalf("Register = %v, want all three fields named", err)
	}
	for _, field := range []string{"name", "email", "password"} {
		if invalid[field] == "" {
			t.Errorf("Register says nothing of the %s", field)
		}
	}
}

func TestALoginAdoptsNothing(t *testing.T) { // SE-1
	both(t, func(t *testing.T, w *world) {
		first := w.login(w.a)
		held := w.want(w.a, first.Cookie, visit, auth.OK, "").Session
		second, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password, Held: held})
		if err != nil {
			t.Fatal(err)
		}
		if second.Session.ID == first.Session.ID || second.Cookie == first.Cookie {
			t.Error("the second login has the first one's id or cookie, want both new")
		}
		w.want(w.a, first.Cookie, look, auth.Ended, auth.Replaced)
		w.want(w.a, second.Cookie, look, auth.OK, "")
		if live, _ := w.a.Sessions(t.Context(), second.Session.User.ID); len(live) != 1 {
			t.Errorf("%d live sessions after signing in twice in one browser, want 1", len(live))
		}
	})
}

func TestSigningInAsSomeoneElseEndsTheFirstSession(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.a.Register(t.Context(), auth.Registration{Email: "bob@example.com", Password: password})
		ada := w.login(w.a)
		bob, err := w.a.Login(t.Context(), auth.Credentials{Email: "bob@example.com", Password: password, Held: ada.Session})
		if err != nil {
			t.Fatal(err)
		}
		w.want(w.a, ada.Cookie, look, auth.Ended, auth.Replaced)
		if r := w.want(w.a, bob.Cookie, look, auth.OK, ""); r.Session.User.Email != "bob@example.com" {
			t.Errorf("Bob's cookie is %s's", r.Session.User.Email)
		}
	})
}

func TestTheLimitEvictsTheOldest(t *testing.T) { // CL-1
	both(t, func(t *testing.T, w *world) {
		var issued []auth.Issued
		for range 4 {
			issued = append(issued, w.login(w.a))
		}
		w.want(w.a, issued[0].Cookie, look, auth.Ended, auth.Limit)
		for _, i := range issued[1:] {
			w.want(w.a, i.Cookie, look, auth.OK, "")
		}
	})
}

func TestDeadSessionsDoNotCount(t *testing.T) { // CL-3
	both(t, func(t *testing.T, w *world) {
		w.cfg.Policy = auth.Deny
		a := w.instance()
		for range 3 {
			w.login(a)
		}
		w.wait(24 * time.Hour) // all idle for too long
		w.login(a)
	})
}

func TestDenyOffersToSignOutTheOthers(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.cfg.Policy = auth.Deny
		a := w.instance()
		old := []auth.Issued{w.login(a), w.login(a), w.login(a)}
		_, err := a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password})
		full, ok := errors.AsType[*auth.LimitError](err)
		if !ok || !errors.Is(err, auth.ErrSessionLimit) || len(full.Live) != 3 || full.Limit != 3 {
			t.Fatalf("the fourth Login = %v, want ErrSessionLimit with the three in the way", err)
		}
		w.want(a, old[0].Cookie, look, auth.OK, "")

		if _, err := a.Continue(t.Context(), full.Proof+"x", auth.Client{}, auth.Session{}); !errors.Is(err, auth.ErrProof) {
			t.Errorf("Continue with a forged proof = %v, want ErrProof", err)
		}
		issued, err := a.Continue(t.Context(), full.Proof, auth.Client{}, auth.Session{})
		if err != nil {
			t.Fatalf("Continue = %v, want a session", err)
		}
		w.want(a, issued.Cookie, look, auth.OK, "")
		for _, o := range old {
			w.want(a, o.Cookie, look, auth.Ended, auth.Limit)
		}
		if _, err := a.Continue(t.Context(), full.Proof, auth.Client{}, auth.Session{}); !errors.Is(err, auth.ErrProof) {
			t.Errorf("Continue with a used proof = %v, want ErrProof", err)
		}
	})
}

func TestAProofIsUsedOnceUnderARace(t *testing.T) {
	w := newWorld(t, "database")
	w.cfg.Policy = auth.Deny
	a := w.instance()
	for range 3 {
		w.login(a)
	}
	_, err := a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password})
	full, _ := errors.AsType[*auth.LimitError](err)
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			_, err := a.Continue(t.Context(), full.Proof, auth.Client{}, auth.Session{})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, auth.ErrProof) {
				t.Errorf("Continue = %v, want a session or ErrProof", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 32 uses of one proof succeeded, want 1", won.Load())
	}
}

func TestAProofGrowsOld(t *testing.T) {
	w := newWorld(t, "jwt")
	w.cfg.Policy, w.cfg.Limit = auth.Deny, 1
	a := w.instance()
	w.login(a)
	_, err := a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password})
	full, _ := errors.AsType[*auth.LimitError](err)
	w.wait(2 * time.Minute)
	if _, err := a.Continue(t.Context(), full.Proof, auth.Client{}, auth.Session{}); !errors.Is(err, auth.ErrProof) {
		t.Errorf("Continue after two minutes = %v, want ErrProof", err)
	}
}

func TestAnOldHashIsRenewedAtLogin(t *testing.T) { // PW-2
	w := newWorld(t, "jwt")
	_, before, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
	w.cfg.Hash = auth.HashParams{MemoryKiB: 16, Passes: 1, Lanes: 1}
	w.login(w.instance())
	_, after, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
	if before == after {
		t.Error("the hash is the same after a login under new parameters, want it renewed")
	}
	w.login(w.instance())
	if _, again, _ := w.store.UserByEmail(t.Context(), "ada@example.com"); again != after {
		t.Error("an up-to-date hash was renewed")
	}
}

func TestOnlyPrintableTextIsKeptOfABrowser(t *testing.T) { // LO-3
	w := newWorld(t, "jwt")
	issued, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password,
		Client: auth.Client{UserAgent: "Fire\x1b[31mfox\r\n\xff" + string(make([]byte, 600))}})
	if err != nil {
		t.Fatal(err)
	}
	if got := issued.Session.UserAgent; got != "Fire[31mfox" {
		t.Errorf("UserAgent = %q, want control characters and broken text gone", got)
	}
}
