package auth_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestLogin(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		r := w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
		if r.Session.ID != issued.Session.ID || r.Session.User.Email != "ada@example.com" || r.Session.User.Name != "Ada" {
			t.Errorf("the cookie is %s's session %s, want Ada's %s", r.Session.User.Email, r.Session.ID, issued.Session.ID)
		}
		if r.Cookie != "" {
			t.Error("a session just begun is renewed, want its cookie left alone")
		}
	})
}

func TestALoginAdoptsNothing(t *testing.T) { // SE-1
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		first := w.Login(w.A)
		held := w.Want(w.A, first.Cookie, authtest.Visit, auth.StateOK, "").Session
		second, err := w.A.Begin(t.Context(), auth.Login{UserID: "ada", Current: held})
		if err != nil {
			t.Fatal(err)
		}
		if second.Session.ID == first.Session.ID || second.Cookie == first.Cookie {
			t.Error("the second login has the first one's id or cookie, want both new")
		}
		w.Want(w.A, first.Cookie, authtest.Look, auth.StateEnded, auth.ReasonReplaced)
		w.Want(w.A, second.Cookie, authtest.Look, auth.StateOK, "")
		if _, live, _ := w.A.Sessions(t.Context(), second.Session.User.ID, auth.Page{}); live != 1 {
			t.Errorf("%d live sessions after signing in twice in one browser, want 1", live)
		}
	})
}

func TestSigningInAsSomeoneElseEndsTheFirstSession(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.AddUser("bob", "Bob")
		ada := w.Login(w.A)
		bob, err := w.A.Begin(t.Context(), auth.Login{UserID: "bob", Current: ada.Session})
		if err != nil {
			t.Fatal(err)
		}
		w.Want(w.A, ada.Cookie, authtest.Look, auth.StateEnded, auth.ReasonReplaced)
		if r := w.Want(w.A, bob.Cookie, authtest.Look, auth.StateOK, ""); r.Session.User.Email != "bob@example.com" {
			t.Errorf("Bob's cookie is %s's", r.Session.User.Email)
		}
	})
}

func TestTheLimitEvictsTheOldest(t *testing.T) { // CL-1
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		var issued []auth.Issued
		for range 4 {
			issued = append(issued, w.Login(w.A))
		}
		w.Want(w.A, issued[0].Cookie, authtest.Look, auth.StateEnded, auth.ReasonLimit)
		for _, i := range issued[1:] {
			w.Want(w.A, i.Cookie, authtest.Look, auth.StateOK, "")
		}
	})
}

func TestDeadSessionsDoNotCount(t *testing.T) { // CL-3
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.Policy = auth.PolicyDeny
		a := w.Instance()
		for range 3 {
			w.Login(a)
		}
		w.Wait(24 * time.Hour) // all idle for too long
		w.Login(a)
	})
}

func TestDenyOffersToSignOutTheOthers(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.Policy = auth.PolicyDeny
		a := w.Instance()
		old := []auth.Issued{w.Login(a), w.Login(a), w.Login(a)}
		_, err := a.Begin(t.Context(), authtest.Ada)
		full, ok := errors.AsType[*auth.LimitError](err)
		if !ok || !errors.Is(err, auth.ErrSessionLimit) || len(full.Live) != 3 || full.Limit != 3 {
			t.Fatalf("the fourth Begin = %v, want ErrSessionLimit with the three in the way", err)
		}
		w.Want(a, old[0].Cookie, authtest.Look, auth.StateOK, "")

		if _, err := a.Confirm(t.Context(), full.Confirmation+"x", "", auth.Login{}); !errors.Is(err, auth.ErrConfirmation) {
			t.Errorf("Confirm with a forged confirmation = %v, want ErrConfirmation", err)
		}
		issued, err := a.Confirm(t.Context(), full.Confirmation, "", auth.Login{})
		if err != nil {
			t.Fatalf("Confirm = %v, want a session", err)
		}
		w.Want(a, issued.Cookie, authtest.Look, auth.StateOK, "")
		for _, o := range old {
			w.Want(a, o.Cookie, authtest.Look, auth.StateEnded, auth.ReasonLimit)
		}
		if _, err := a.Confirm(t.Context(), full.Confirmation, "", auth.Login{}); !errors.Is(err, auth.ErrConfirmation) {
			t.Errorf("Confirm with a used confirmation = %v, want ErrConfirmation", err)
		}
	})
}

func TestAConfirmationIsUsedOnceUnderARace(t *testing.T) {
	w := authtest.NewWorld(t, "database")
	w.Cfg.Policy = auth.PolicyDeny
	a := w.Instance()
	for range 3 {
		w.Login(a)
	}
	_, err := a.Begin(t.Context(), authtest.Ada)
	full, _ := errors.AsType[*auth.LimitError](err)
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			_, err := a.Confirm(t.Context(), full.Confirmation, "", auth.Login{})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, auth.ErrConfirmation) {
				t.Errorf("Confirm = %v, want a session or ErrConfirmation", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 32 uses of one confirmation succeeded, want 1", won.Load())
	}
}

func TestAConfirmationGrowsOld(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	w.Cfg.Policy, w.Cfg.Limit = auth.PolicyDeny, 1
	a := w.Instance()
	w.Login(a)
	_, err := a.Begin(t.Context(), authtest.Ada)
	full, _ := errors.AsType[*auth.LimitError](err)
	w.Wait(2 * time.Minute)
	if _, err := a.Confirm(t.Context(), full.Confirmation, "", auth.Login{}); !errors.Is(err, auth.ErrConfirmation) {
		t.Errorf("Confirm after two minutes = %v, want ErrConfirmation", err)
	}
}

func TestOnlyPrintableTextIsKeptOfABrowser(t *testing.T) { // LO-3
	w := authtest.NewWorld(t, "jwt")
	issued, err := w.A.Begin(t.Context(), auth.Login{UserID: "ada",
		Client: auth.Client{UserAgent: "Fire\x1b[31mfox\r\n\xff" + string(make([]byte, 600))}})
	if err != nil {
		t.Fatal(err)
	}
	if got := issued.Session.UserAgent; got != "Fire[31mfox" {
		t.Errorf("UserAgent = %q, want control characters and broken text gone", got)
	}
}

func TestDenyOffersToSignOutOne(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.Policy = auth.PolicyDeny
		a := w.Instance()
		old := []auth.Issued{w.Login(a), w.Login(a), w.Login(a)}
		confirmation := func() string {
			_, err := a.Begin(t.Context(), authtest.Ada)
			full, ok := errors.AsType[*auth.LimitError](err)
			if !ok {
				t.Fatalf("Begin = %v, want ErrSessionLimit", err)
			}
			return full.Confirmation
		}
		for _, chosen := range []string{"unknown", "x" + old[0].Session.ID} {
			if _, err := a.Confirm(t.Context(), confirmation(), chosen, auth.Login{}); !errors.Is(err, auth.ErrConfirmation) {
				t.Errorf("Confirm that ends %q = %v, want ErrConfirmation", chosen, err)
			}
		}
		first := confirmation()
		if _, err := a.Confirm(t.Context(), first, old[1].Session.ID, auth.Login{}); err != nil {
			t.Fatalf("Confirm that ends one = %v, want a session", err)
		}
		w.Want(a, old[0].Cookie, authtest.Look, auth.StateOK, "")
		w.Want(a, old[1].Cookie, authtest.Look, auth.StateEnded, auth.ReasonLimit)
		w.Want(a, old[2].Cookie, authtest.Look, auth.StateOK, "")
		if _, err := a.Confirm(t.Context(), first, old[2].Session.ID, auth.Login{}); !errors.Is(err, auth.ErrConfirmation) {
			t.Errorf("Confirm with a used confirmation = %v, want ErrConfirmation", err)
		}

		w.Cfg.Limit = 1 // lowered meanwhile: ending one of three is not enough
		b := w.Instance()
		_, err := b.Begin(t.Context(), authtest.Ada)
		full, _ := errors.AsType[*auth.LimitError](err)
		_, err = b.Confirm(t.Context(), full.Confirmation, old[0].Session.ID, auth.Login{})
		again, ok := errors.AsType[*auth.LimitError](err)
		if !ok || len(again.Live) != 3 || again.Confirmation == "" {
			t.Errorf("Confirm that does not make room = %v, want ErrSessionLimit with all three and a confirmation", err)
		}
		w.Want(b, old[0].Cookie, authtest.Look, auth.StateOK, "")
	})
}
