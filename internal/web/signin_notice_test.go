package web_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

const newFirefox = "New sign-in: Firefox on Windows"

// notices is how many mails about sign-ins are in the outbox for an address.
func notices(w *webtest.Site, email string) (n int) {
	mails, err := w.Mail.List(w.T.Context(), email, 100, 0)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, m := range mails {
		if strings.HasPrefix(m.Subject, "New sign-in: ") {
			n++
		}
	}
	return n
}

// The very first sign-in is told to nobody, the same browser never; each new one is, by
// whatever way it came in.
func TestASignInInANewBrowserIsTold(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		again := func() {
			b.Post("/signout").Shows(303)
			b.Post("/signin", "email", ada, "password", webtest.Password).Shows(303)
		}
		again()
		if n := notices(w, ada); n != 0 {
			t.Fatalf("%d mails tell of the browser that signed up, want none", n)
		}
		phone := w.SignIn(ada)
		if n := notices(w, ada); n != 1 {
			t.Fatalf("%d mails tell of a new browser, want one", n)
		}
		letter := w.Letter(ada, newFirefox)
		for _, want := range []string{"Firefox on Windows, 127.0.0.1, ", " UTC."} {
			if !strings.Contains(strings.Join(letter.Text, " "), want) {
				t.Errorf("the mail says %q, want %q in it", letter.Text, want)
			}
		}
		phone.Post("/signout").Shows(303)
		phone.Post("/signin", "email", ada, "password", webtest.Password).Shows(303)
		if n := notices(w, ada); n != 1 {
			t.Errorf("%d mails after a second sign-in of the same browser, want one", n)
		}

		forged := w.Browser() // a cookie that nobody has sealed makes no browser known
		forged.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{{Name: "__Host-device", Value: "forged", Path: "/", Secure: true}})
		forged.Post("/signin", "email", ada, "password", webtest.Password).Shows(303)
		if n := notices(w, ada); n != 2 {
			t.Errorf("%d mails after a sign-in with a forged device cookie, want two", n)
		}

		if !w.Has("/signin/link") {
			return
		}
		link := w.Browser()
		link.Post("/signin/link", "email", ada).Shows(303)
		link.Get(w.Letter(ada, "Your link to sign in").Path(w))
		link.Post("/signin/link/open").Shows(303)
		if n := notices(w, ada); n != 3 {
			t.Errorf("%d mails after a sign-in by a link in a new browser, want three", n)
		}
	})
}

// A device that was chosen to be signed out makes room for one that is new as well.
func TestASignInOverTheLimitIsTold(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Auth.Limit, w.Auth.Policy = 1, "deny"
	w.Deploy()
	w.SignUp("ada@example.com")
	b := w.Browser()
	full := b.Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(409)
	proof := proofField.FindStringSubmatch(full.Text)[1]
	if n := notices(w, "ada@example.com"); n != 0 {
		t.Errorf("%d mails before there is a session, want none", n)
	}
	b.Post("/signin/continue", "proof", proof).Shows(303)
	if n := notices(w, "ada@example.com"); n != 1 {
		t.Errorf("%d mails after it has begun, want one", n)
	}
}

// Whoever says that it was not them ends the stranger's session and password, and chooses
// another one. Opening the link does nothing.
func TestAStrangersSignInIsDenied(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.SignUp(ada)
		thief := w.SignIn(ada)
		link := w.Letter(ada, newFirefox).Path(w)
		for range 3 { // a mail scanner
			w.Browser().Get(link).RedirectsTo("/signin/notice").Shows(200, "Was this sign-in not yours?")
		}
		thief.Get("/dashboard").Shows(200)

		owner := w.Browser()
		owner.Get(link)
		next := owner.Post("/signin/notice").Shows(303).Header.Get("Location")
		owner.Get(next).RedirectsTo("/reset").Shows(200, "Choose a new password")
		if got := thief.Get("/dashboard"); got.StatusCode != http.StatusSeeOther {
			t.Errorf("the thief's page = %d, want 303", got.StatusCode)
		}
		thief.Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		owner.Post("/reset", "password", newPassword).RedirectsTo("/signin")
		owner.Post("/signin", "email", ada, "password", newPassword).Shows(303)
		other := w.Browser()
		other.Get(link)
		other.Post("/signin/notice").Shows(410) // once
		owner.Get("/dashboard").Shows(200)
	})
}

// brokenHistory can be out of reach.
type brokenHistory struct {
	accounts.History
	down atomic.Bool
}

func (h *brokenHistory) AddSignIn(ctx context.Context, userID string, in accounts.SignIn, notice *accounts.Letter) error {
	if h.down.Load() {
		return auth.ErrUnavailable
	}
	return h.History.AddSignIn(ctx, userID, in, notice)
}

// Where the history cannot be written nobody comes in, and no session is left.
func TestASignInThatCannotBeTold(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	broken := &brokenHistory{History: w.Database}
	w.History = broken
	w.Deploy()
	b := w.Browser()
	broken.down.Store(true)
	b.Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(503)
	if b.Session() != "" {
		t.Error("the browser has a session that nobody was told of")
	}
	broken.down.Store(false)
	b.Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(303)
	b.Get("/account/sessions").Shows(200, "2 of 3")
}

// The page about security and the export have the last sign-ins and failures.
func TestUsersSeeTheirSignIns(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		b.Get("/account/sessions").Shows(200, "Recent sign-ins", "Sign-up", "127.0.0.1").Lacks("New browser").Lacks("Wrong passwords")
		for range 3 {
			w.Browser().Post("/signin", "email", ada, "password", "not the right one").Shows(422)
		}
		w.Browser().Post("/signin", "email", "nobody-"+ada, "password", "not the right one").Shows(422)
		w.SignIn(ada)
		w.Users.Settle(t.Context())
		b.Get("/account/sessions").Shows(200, "New browser", "Password", "Wrong passwords", "3 times")
		export := b.Get("/account/export").Shows(200).Text
		if strings.Count(export, `"failed":false`) != 2 || strings.Count(export, `"failed":true`) != 1 {
			t.Errorf("the export says %s, want two sign-ins and one failure", export)
		}
	})
}

// A link in such a mail works for a week, and not after the password was changed.
func TestTheLinkOfANoticeEnds(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	w.SignIn("ada@example.com")
	link := w.Letter("ada@example.com", newFirefox).Path(w)
	w.Wait(accounts.NoticeLife - time.Hour)
	w.Browser().Get(link).RedirectsTo("/signin/notice").Shows(200)
	w.Wait(2 * time.Hour)
	w.Browser().Get(link).RedirectsTo("/signin/notice").Shows(410)

	b := w.SignIn("ada@example.com")
	link = w.Letter("ada@example.com", newFirefox).Path(w)
	b.Post("/account/password", "current", webtest.Password, "password", newPassword).Shows(303)
	w.Browser().Get(link).RedirectsTo("/signin/notice").Shows(410)
}
