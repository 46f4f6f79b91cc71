package web_test

import (
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

func TestAnOutageLetsNobodyInAndSignsNobodyOut(t *testing.T) { // RV-4, DB-1
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			db := webtest.NewMemory()
			w := webtest.New(t, db, strategy)
			b, c := w.SignUp("ada@example.com"), w.SignUp("bob@example.com")
			b.Get("/dashboard").Shows(200)
			db.Down(true)

			b.Get("/dashboard").Shows(200) // validated a moment ago
			w.Wait(6 * time.Minute)
			before := b.Session()
			for _, path := range []string{"/", "/dashboard", "/account/sessions", "/signin", "/auth/session"} {
				got := b.Get(path).Shows(503)
				if got.Header.Get("Retry-After") == "" || len(got.Cookies()) != 0 {
					t.Errorf("GET %s during an outage: Retry-After %q and %d cookies, want one and none", path, got.Header.Get("Retry-After"), len(got.Cookies()))
				}
			}
			if got := b.Get("/auth/session").Text; got != "null" {
				t.Errorf("the session endpoint says %s during an outage; the stock client keeps its session only at null", got)
			}
			if b.Session() != before || before == "" {
				t.Error("the outage touched the session cookie")
			}
			b.Get("/dashboard?a=1").Shows(503, `href="/dashboard?a=1"><span data-label>Try again`).Lacks("/signin", "/signup") // nobody knows who this is
			b.Post("/account/sessions/end-all").Shows(503).Lacks("Try again</a>")                                              // a form's target cannot be opened
			w.Browser().Get("/signin").Shows(200)                                                                              // a guest needs no database to see a form
			if got := w.Browser().Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(503); len(got.Cookies()) != 0 {
				t.Error("a sign-in during an outage sets a cookie")
			}
			b.Get("/healthz").Shows(200)
			b.Get("/readyz").Shows(503)

			c.Post("/signout").Shows(503, "this browser")
			if c.Session() != "" {
				t.Error("signing out during an outage left the cookie")
			}

			db.Down(false)
			b.Get("/dashboard").Shows(200)
			b.Get("/readyz").Shows(200)
		})
	}
}
