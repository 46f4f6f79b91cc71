package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/web/webtest"
)

// resetLink has a user forget their password, and is the letter.
func resetLink(w *webtest.Site, email string) webtest.Letter {
	w.T.Helper()
	w.Browser().Post("/forgot", "email", email).RedirectsTo("/forgot/sent").Shows(200, "If that address has an account")
	return w.Letter(email, "Choose a new password")
}

func TestReset(t *testing.T) { // RS-4, RS-5, PW-7
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		a, b := w.SignUp(ada), w.SignIn(ada)
		other := w.SignUp("other" + ada)
		letter := resetLink(w, ada)
		for range 3 {
			w.Browser().Get(letter.Path(w)).RedirectsTo("/reset").Shows(200)
		}
		guest := w.Browser()
		follow(guest, letter, "/reset").Shows(200, ada, `autocomplete="new-password"`, "passwordrules=", `autocomplete="username"`)
		guest.Post("/reset", "password", "short").Shows(422, "at least 15", "field-error")
		guest.Post("/reset", "password", "passwordpassword").Shows(422, "common words") // PW-5
		done := guest.Post("/reset", "password", newPassword)
		done.RedirectsTo("/signin").Shows(200, "Your password is changed")
		if guest.Session() != "" {
			t.Error("a reset signs in, want it to sign nobody in")
		}
		for _, device := range []*webtest.Browser{a, b} {
			device.Get("/account/sessions").RedirectsTo("/signin?callbackUrl=%2Faccount%2Fsessions&reason=password").Shows(200, "your password was changed")
		}
		other.Get("/account/sessions").Shows(200)
		w.Letter(ada, "Your password was changed")
		guest.Post("/reset", "token", letter.Token(w), "password", "twelve late ships at dusk").Shows(410, "This link can&#39;t be used")
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		guest.Post("/signin", "email", ada, "password", newPassword).RedirectsTo("/dashboard").Shows(200)
		guest.Get("/account").Shows(200, "Verified")
	})
}

// A client without our page sends token and password at once.
func TestAResetNeedsNoPage(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	letter := resetLink(w, "ada@example.com")
	w.Browser().Post("/reset", "token", letter.Token(w), "password", newPassword).RedirectsTo("/signin")
	w.Browser().Post("/signin", "email", "ada@example.com", "password", newPassword).RedirectsTo("/dashboard")
}

// RS-2: a form is about the link that led to it, also when another was opened since.
func TestEachFormIsAboutItsOwnLink(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	w.SignUp("bob@example.com")
	b := w.Browser()
	form := follow(b, resetLink(w, "ada@example.com"), "/reset")
	follow(b, resetLink(w, "bob@example.com"), "/reset")
	b.Post("/reset", "token", tokenField.FindStringSubmatch(form.Text)[1], "password", newPassword).RedirectsTo("/signin")
	w.Browser().Post("/signin", "email", "ada@example.com", "password", newPassword).Shows(303)
	w.Browser().Post("/signin", "email", "bob@example.com", "password", webtest.Password).Shows(303)
}

func TestALinkIsVoid(t *testing.T) { // RS-2, RS-3
	for name, f := range map[string]struct {
		void func(t *testing.T, w *webtest.Site, ada *webtest.Browser)
		want int
	}{
		"never":                   {func(*testing.T, *webtest.Site, *webtest.Browser) {}, 303},
		"a second before its end": {func(_ *testing.T, w *webtest.Site, _ *webtest.Browser) { w.Wait(accounts.ResetLife - 5*time.Second) }, 303},
		"at its end":              {func(_ *testing.T, w *webtest.Site, _ *webtest.Browser) { w.Wait(accounts.ResetLife) }, 410},
		"after a newer one":       {func(_ *testing.T, w *webtest.Site, _ *webtest.Browser) { resetLink(w, "ada@example.com") }, 410},
		"after a change of the password": {func(_ *testing.T, _ *webtest.Site, ada *webtest.Browser) {
			ada.Post("/account/password", "current", webtest.Password, "password", "twelve late ships at dusk").RedirectsTo("/account/sessions")
		}, 410},
		"after the account is disabled": {func(t *testing.T, w *webtest.Site, _ *webtest.Browser) {
			if err := w.Users.Disable(t.Context(), "ada@example.com"); err != nil {
				t.Fatal(err)
			}
		}, 410},
	} {
		t.Run(name, func(t *testing.T) {
			w := webtest.OnMemory(t)
			ada := w.SignUp("ada@example.com")
			letter := resetLink(w, "ada@example.com")
			f.void(t, w, ada)
			w.Browser().Post("/reset", "token", letter.Token(w), "password", newPassword).Shows(f.want)
			if f.want == 410 && name != "after the account is disabled" {
				w.Browser().Get(letter.Path(w)).RedirectsTo("/reset").Shows(410, "Get a new link", `href="/forgot"`)
			}
		})
	}
}

func TestAForgedLinkIsDead(t *testing.T) { // RS-1
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	token := resetLink(w, "ada@example.com").Token(w)
	verify := w.Letters.To("ada@example.com")[0].Token(w)
	for _, forged := range []string{"x", strings.Repeat("A", 43), token[:42], token + "A", strings.ToLower(token), " " + token, verify, strings.Repeat("x", 5000)} {
		w.Browser().Post("/reset", "token", forged, "password", newPassword).Shows(410)
		w.Browser().Get("/reset?token=" + url.QueryEscape(forged)).RedirectsTo("/reset").Shows(410)
	}
	w.Browser().Post("/verify", "token", token).Shows(410)
	w.Browser().Get("/reset").Shows(410)
	w.Browser().Post("/reset", "password", newPassword).Shows(410)
	program := w.Browser()
	program.Header.Set("Sec-Fetch-Mode", "cors")
	if got := program.Post("/reset", "token", "x", "password", newPassword).Shows(410).Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a program gets %s, want a problem", got)
	}
	w.Browser().Post("/reset", "token", token, "password", newPassword).Shows(303)
}

// LG-3, RS-6: nothing tells whether an address has an account.
func TestForgotAnswersEveryAddressAlike(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	w.SignUp("disabled@example.com")
	if err := w.Users.Disable(t.Context(), "disabled@example.com"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/forgot", "/signin/link"} {
		if !w.Has(path) {
			continue
		}
		var pages []string
		for email, mails := range map[string]int{"ada@example.com": 1, "disabled@example.com": 0, "nobody@example.com": 0} {
			b, before, began := w.Browser(), len(w.Letters.To(email)), time.Now()
			answer := b.Post(path, "email", email).Shows(303)
			if took := time.Since(began); took < 250*time.Millisecond {
				t.Errorf("POST %s for %s took %v, want the time that any address takes", path, email, took)
			}
			if n := len(w.Letters.To(email)) - before; n != mails {
				t.Errorf("POST %s for %s sends %d mails, want %d", path, email, n, mails)
			}
			pages = append(pages, answer.Header.Get("Location")+mask(answer.RedirectsTo(path+"/sent").Text, email))
		}
		if pages[0] != pages[1] || pages[1] != pages[2] {
			t.Errorf("POST %s answers addresses differently", path)
		}
		w.Browser().Post(path, "email", "Ada <ada@example.com>").Shows(422, "name@example.com")
	}
}

// RS-4: what a request says of the site is not believed.
func TestLinksBeginWithTheConfiguredOrigin(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	r := httptest.NewRequest("POST", "https://evil.example/forgot", strings.NewReader("email=ada%40example.com"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	w.Handler().ServeHTTP(httptest.NewRecorder(), r)
	w.Letter("ada@example.com", "Choose a new password").Token(w) // fails for another origin
}

// RS-2: of many submits of one link, over two instances, one wins.
func TestALinkIsSpentOnceOverInstances(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.SignUp(ada)
		instances := []http.Handler{w.Instance(), w.Instance()}
		send := func(i int, path string, form url.Values) int {
			r := httptest.NewRequest("POST", w.URL+path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", w.URL)
			answer := httptest.NewRecorder()
			instances[i%2].ServeHTTP(answer, r)
			return answer.Code
		}
		race := func(path, token string, password bool) {
			t.Helper()
			var racing sync.WaitGroup
			var won, lost atomic.Int32
			for i := range 32 {
				form := url.Values{"token": {token}}
				if password {
					form.Set("password", newPassword+strings.Repeat("!", i))
				}
				racing.Go(func() {
					switch code := send(i, path, form); code {
					case 303:
						won.Add(1)
					case 410:
						lost.Add(1)
					default:
						t.Errorf("POST %s in a race = %d, want 303 or 410", path, code)
					}
				})
			}
			racing.Wait()
			if won.Load() != 1 || lost.Load() != 31 {
				t.Errorf("POST %s: %d of 32 submits won and %d lost, want 1 and 31", path, won.Load(), lost.Load())
			}
		}
		race("/reset", resetLink(w, ada).Token(w), true)
		if !w.Has("/signin/link") {
			return
		}
		w.Browser().Post("/signin/link", "email", ada).Shows(303)
		race("/signin/link/open", w.Letter(ada, "Your link to sign in").Token(w), false)
	})
}

// RS-5, RV-3: on the instance that did not see the reset.
func TestAResetEndsSessionsOnAllInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		b.Get("/dashboard").Shows(200)
		first := w.Handler()
		letter := resetLink(w, ada)
		w.Deploy()
		w.Browser().Post("/reset", "token", letter.Token(w), "password", newPassword).RedirectsTo("/signin")
		b.Get("/dashboard").Shows(303)
		w.Use(first)
		if !webtest.Eventually(func() bool { return b.Get("/dashboard").StatusCode == 303 }) {
			t.Error("the other instance still takes the session")
		}
	})
}
