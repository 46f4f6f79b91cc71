package web_test

import (
	"regexp"
	"sync"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

var formIDField = regexp.MustCompile(`name="form" value="([^"]+)"`)

// formID is the id of the form that a page shows.
func formID(t *testing.T, page *webtest.Answer) string {
	t.Helper()
	found := formIDField.FindStringSubmatch(page.Text)
	if found == nil {
		t.Fatalf("%s has no form with an id", page.Request)
	}
	return found[1]
}

// sessions are the live ones of an account.
func sessions(t *testing.T, w *webtest.Site, email string) []auth.Session {
	t.Helper()
	u, _, err := w.Database.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	live, _, err := w.Database.Live(t.Context(), u.ID, w.Now(), auth.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// twice sends a form two times at once, as a double click does, and once more
// afterwards.
func twice(b *webtest.Browser, path string, pairs ...string) []*webtest.Answer {
	answers := make([]*webtest.Answer, 3)
	var sending sync.WaitGroup
	for i := range 2 {
		sending.Go(func() { answers[i] = b.Copy().Post(path, pairs...) })
	}
	sending.Wait()
	answers[2] = b.Post(path, pairs...)
	return answers
}

func TestAFormThatIsSentTwiceIsCarriedOutOnce(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.Browser()
		id := formID(t, b.Get("/signup"))
		for _, got := range twice(b, "/signup", "form", id, "email", ada, "password", webtest.Password) {
			if got.StatusCode != 303 || got.Header.Get("Location") != "/dashboard" {
				t.Errorf("a sign-up sent twice = %d to %q, want both led to the dashboard: %.200s", got.StatusCode, got.Header.Get("Location"), got.Text)
			}
		}
		if got := sessions(t, w, ada); len(got) != 1 {
			t.Errorf("a sign-up sent three times begins %d sessions, want 1", len(got))
		}
		b.Get("/dashboard").Shows(200)

		b = w.Browser()
		id = formID(t, b.Get("/signin"))
		for _, got := range twice(b, "/signin", "form", id, "email", ada, "password", webtest.Password) {
			if got.StatusCode != 303 {
				t.Errorf("a sign-in sent twice = %d, want 303: %.200s", got.StatusCode, got.Text)
			}
		}
		if got := sessions(t, w, ada); len(got) != 2 {
			t.Errorf("a sign-in sent three times leaves %d sessions, want 2 with the one before", len(got))
		}

		// The same words in another form, or other words in the same, are another matter.
		b = w.Browser()
		id = formID(t, b.Get("/signin"))
		b.Post("/signin", "form", id, "email", ada, "password", "not the password").Shows(422)
		b.Post("/signin", "form", id, "email", ada, "password", webtest.Password).RedirectsTo("/dashboard").Shows(200)
		w.Browser().Post("/signin", "form", id+"x", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	})
}

func TestSigningUpAgainWithTheRightPasswordSignsIn(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.SignUp(ada)
		b := w.Browser()
		b.Post("/signup", "email", ada, "password", "another long passphrase here").Shows(422, "already has an account")
		if b.Session() != "" {
			t.Error("signing up with another password than the account's set a session cookie")
		}
		b.Post("/signup", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard").Shows(200)
	})
}
