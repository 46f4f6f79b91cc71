package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

const newPassword = "quartz-lantern-meadow-28"

// PW-7: the current password is needed, all other devices are signed out, and the cookie
// that this browser had is dead.
func TestAUserChangesTheirPassword(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		phone := w.SignIn(ada)
		thief := b.Copy()

		change := func(current, password string) *webtest.Answer {
			return b.Post("/account/password", "current", current, "password", password)
		}
		b.Get("/account/password").Shows(200, `autocomplete="current-password"`, `autocomplete="new-password"`)
		change("not my password at all", newPassword).Shows(422, "not your password")
		change(webtest.Password, "short").Shows(422, "too short")
		change(webtest.Password, "passwordpassword1").Shows(422, "common words")
		change(webtest.Password, webtest.Password).Shows(422, "already")
		phone.Get("/dashboard").Shows(200)

		change(webtest.Password, newPassword).RedirectsTo("/account/sessions").Shows(200, "Your password is changed")
		for name, other := range map[string]*webtest.Browser{"another device": phone, "a copy of the old cookie": thief} {
			if got := other.Get("/dashboard"); got.StatusCode != http.StatusSeeOther {
				t.Errorf("GET /dashboard of %s after the change = %d, want 303", name, got.StatusCode)
			}
		}
		phone.Get("/signin").Shows(200, "password was changed")
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		w.Browser().Post("/signin", "email", ada, "password", newPassword).Shows(303)
	})
}

// SE-8: the sessions of a deleted user are over on every instance, and the address is
// free.
func TestAUserDeletesTheirAccount(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		phone := w.SignIn(ada)
		b.Get("/account/delete").Shows(200, "can't be undone")
		b.Post("/account/delete", "password", "not my password at all").Shows(422, "not your password")
		phone.Get("/dashboard").Shows(200)

		b.Post("/account/delete", "password", webtest.Password).RedirectsTo("/").Shows(200, "Your account is deleted.")
		if b.Session() != "" {
			t.Error("the browser still has a session cookie")
		}
		phone.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=deleted").Shows(200, "deleted")
		other := w.Instance()
		w.Use(other)
		gone := webtest.Eventually(func() bool {
			got := phone.Get("/auth/session")
			return got.StatusCode == http.StatusOK && got.Text == "null"
		})
		if !gone {
			t.Error("a deleted user is still signed in on another instance")
		}
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		w.SignUp(ada).Get("/dashboard").Shows(200)
	})
}

// The file has what is kept of the user, and nothing that signs in.
func TestAUserDownloadsTheirData(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		w.SignIn(ada)
		got := b.Get("/account/export").Shows(200)
		var file struct {
			Account  struct{ Email string }
			Sessions []struct {
				UserAgent string
				Current   bool
			}
		}
		if err := json.Unmarshal([]byte(got.Text), &file); err != nil {
			t.Fatal(err)
		}
		if file.Account.Email != ada || len(file.Sessions) != 2 {
			t.Errorf("the file is of %q with %d sessions, want %q with 2: %s", file.Account.Email, len(file.Sessions), ada, got.Text)
		}
		if !strings.Contains(got.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("the file's headers are %v, want an attachment that no cache keeps", got.Header)
		}
		got.Lacks("argon2", b.Session(), "hash")
	})
}

// Changes that decide over the account need a password that was given a moment ago; what
// keeps a session alive does not count for that.
func TestAFreshProofIsAskedFor(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		b.Get("/account/export").Shows(200)
		for range 11 {
			w.Wait(time.Minute)
			b.Get("/dashboard").Shows(200) // renews, and proves nothing
		}
		old := b.Copy()
		for _, path := range []string{"/account/email", "/account/delete", "/account/export"} {
			b.Get(path).RedirectsTo("/reauth?callbackUrl="+strings.ReplaceAll(path, "/", "%2F")).Shows(200, "Enter your password")
		}
		b.Get("/account/password").Shows(200) // asks for the password itself
		program := w.Browser()
		program.Client.Jar = b.Client.Jar
		program.Header.Set("Sec-Fetch-Mode", "cors")
		if got := program.Get("/account/export").Shows(401); !strings.Contains(got.Header.Get("WWW-Authenticate"), "insufficient_user_authentication") {
			t.Errorf("the challenge is %q, want insufficient_user_authentication", got.Header.Get("WWW-Authenticate"))
		}

		b.Post("/reauth", "password", "not my password at all", "callbackUrl", "/account/export").Shows(422, "not your password")
		b.Get("/account/export").Shows(303)
		b.Post("/reauth", "password", webtest.Password, "callbackUrl", "/account/export").RedirectsTo("/account/export").Shows(200, ada)
		old.Get("/dashboard").Shows(303) // the old cookie is dead
		b.Post("/reauth", "password", webtest.Password, "callbackUrl", "https://evil.example/").RedirectsTo("/dashboard")
	})
}

var resumeValue = regexp.MustCompile(`name="resume" value="([^"]+)"`)

// A form that was on its way goes on after the password, as it was sent, for its own user
// and its own page alone.
func TestAFormGoesOnAfterTheProof(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b, other := w.SignUp(ada), w.SignUp("other-"+ada)
		w.Wait(11 * time.Minute)
		page := b.Post("/account/delete", "password", webtest.Password).Shows(403, "Enter your password")
		found := resumeValue.FindStringSubmatch(page.Text)
		if found == nil {
			t.Fatalf("the page does not hold the form: %s", page.Text)
		}
		resume := found[1]
		if strings.Contains(page.Text, webtest.Password) {
			t.Error("the page shows what was in the form")
		}

		// Somebody else's, and one for another page, do nothing.
		other.Post("/reauth", "password", webtest.Password)
		other.Post("/account/delete", "resume", resume).Shows(422, "waited for too long")
		b.Post("/reauth", "password", "wrong password of ada", "resume", resume).Shows(422, resume)

		form := []string{"password", webtest.Password, "resume", resume}
		next := b.Post("/reauth", form...)
		if next.StatusCode != http.StatusTemporaryRedirect || next.Header.Get("Location") != "/account/delete" {
			t.Fatalf("POST /reauth = %d to %q, want 307 to /account/delete", next.StatusCode, next.Header.Get("Location"))
		}
		b.Post("/account/email", form...).Shows(422, "waited for too long")
		b.Post("/account/delete", form...).RedirectsTo("/").Shows(200, "Your account is deleted.")
	})
}

// A form that has waited for too long is not carried out.
func TestAFormDoesNotWaitForEver(t *testing.T) {
	w := webtest.OnMemory(t)
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	w.Wait(11 * time.Minute)
	page := b.Post("/account/delete", "password", webtest.Password).Shows(403)
	resume := resumeValue.FindStringSubmatch(page.Text)[1]
	w.Wait(11 * time.Minute)
	if got := b.Post("/reauth", "password", webtest.Password, "resume", resume); got.StatusCode != http.StatusSeeOther {
		t.Errorf("POST /reauth with an old form = %d, want 303", got.StatusCode)
	}
	b.Post("/account/delete", "password", webtest.Password, "resume", resume).Shows(422, "waited for too long")
	b.Get("/dashboard").Shows(200)
}

// Password managers find the page.
func TestChangePasswordIsFound(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Browser().Get("/.well-known/change-password").RedirectsTo("/account/password")
}
