package auth_test

import (
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// A token that is remembered ends when it would: by its own exp, though the session goes on
// with a newer one.
func TestARememberedTokenEndsWhenItWould(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	w.Cfg.MaxAge = time.Hour
	w.A = w.Instance()
	old := w.Login(w.A).Cookie
	w.Wait(30 * time.Minute)
	newer := w.Want(w.A, old, authtest.Visit, auth.StateOK, "").Cookie
	w.Wait(28 * time.Minute)
	w.Want(w.A, old, authtest.Look, auth.StateOK, "") // the database has vouched for the session
	w.Wait(2*time.Minute + 15*time.Second)
	w.Want(w.A, old, authtest.Look, auth.StateEnded, auth.ReasonExpired)
	w.Want(w.A, newer, authtest.Look, auth.StateOK, "")
}

// A token that is remembered is from the future once the clock was set back.
func TestARememberedTokenBeginsWhenItWould(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	cookie := w.Login(w.A).Cookie
	w.Wait(30 * time.Minute)
	cookie = w.Want(w.A, cookie, authtest.Visit, auth.StateOK, "").Cookie
	w.Want(w.A, cookie, authtest.Look, auth.StateOK, "")
	w.Wait(-time.Minute)
	if r := w.Want(w.A, cookie, authtest.Look, auth.StateNone, ""); r.Err == nil {
		t.Error("a token from the future is refused for good, want an error that says not yet")
	}
}

// What is refused is not remembered as good, whatever was asked before and after.
func TestARefusedCookieIsNotRemembered(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		issued := w.Login(w.A)
		forged := issued.Cookie[:len(issued.Cookie)-1] + "_"
		if forged == issued.Cookie {
			forged = issued.Cookie[:len(issued.Cookie)-1] + "A"
		}
		for range 3 {
			w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
			w.Want(w.A, forged, authtest.Look, auth.StateNone, "")
		}
		w.Disable(w.A, "ada")
		for range 3 {
			w.Want(w.A, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonAdmin)
		}
	})
}

// Where every request reads the row, not every request writes it.
func TestWithoutTrustARenewalIsStillRare(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.Cfg.RenewAfter = 0
		w.A = w.Instance()
		issued := w.Login(w.A)
		renewed := 0
		for range 600 { // one each second
			w.Wait(time.Second)
			if r := w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, ""); r.Cookie != "" {
				renewed, issued.Cookie = renewed+1, r.Cookie
			}
		}
		if renewed < 9 || renewed > 12 {
			t.Errorf("600 requests in ten minutes have renewed the session %d times, want about 10", renewed)
		}
	})
}
