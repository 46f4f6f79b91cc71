package web

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
)

// memory is the in-memory store as a database.
type memory struct{ *accountstest.Store }

func (memory) Migrate(context.Context) error { return nil }
func (memory) Ready(context.Context) error   { return nil }
func (memory) Close()                        {}

// fragile is a database that can be down.
type fragile struct {
	memory
	down atomic.Bool
}

var errDown = fmt.Errorf("%w: connection refused", auth.ErrUnavailable)

func (f *fragile) Ready(context.Context) error {
	if f.down.Load() {
		return errDown
	}
	return nil
}

func (f *fragile) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	if f.down.Load() {
		return auth.Session{}, errDown
	}
	return f.Store.Find(ctx, key)
}

func (f *fragile) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	if f.down.Load() {
		return auth.Session{}, errDown
	}
	return f.Store.Renew(ctx, key, r)
}

func (f *fragile) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.End(ctx, sel, reason, now)
}

func (f *fragile) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	if f.down.Load() {
		return auth.User{}, "", errDown
	}
	return f.Store.UserByEmail(ctx, email)
}

func TestAnOutageLetsNobodyInAndSignsNobodyOut(t *testing.T) { // RV-4, DB-1
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			db := &fragile{memory: memory{accountstest.NewStore()}}
			w := newWorld(t, db, strategy)
			b, c := w.signUp("ada@example.com"), w.signUp("bob@example.com")
			b.get("/dashboard").shows(200)
			db.down.Store(true)

			b.get("/dashboard").shows(200) // validated a moment ago
			w.wait(6 * time.Minute)
			before := b.session()
			for _, path := range []string{"/", "/dashboard", "/account/sessions", "/signin", "/auth/session"} {
				got := b.get(path).shows(503)
				if got.Header.Get("Retry-After") == "" || len(got.Cookies()) != 0 {
					t.Errorf("GET %s during an outage: Retry-After %q and %d cookies, want one and none", path, got.Header.Get("Retry-After"), len(got.Cookies()))
				}
			}
			if got := b.get("/auth/session").text; got != "null" {
				t.Errorf("the session endpoint says %s during an outage; the stock client keeps its session only at null", got)
			}
			if b.session() != before || before == "" {
				t.Error("the outage touched the session cookie")
			}
			b.get("/dashboard?a=1").shows(503, `href="/dashboard?a=1"><span data-label>Try again`).lacks("/signin", "/signup") // nobody knows who this is
			b.post("/account/sessions/end-all").shows(503).lacks("Try again</a>")                                              // a form's target cannot be opened
			w.browser().get("/signin").shows(200)                                                                              // a guest needs no database to see a form
			if got := w.browser().post("/signin", "email", "ada@example.com", "password", testPassword).shows(503); len(got.Cookies()) != 0 {
				t.Error("a sign-in during an outage sets a cookie")
			}
			b.get("/healthz").shows(200)
			b.get("/readyz").shows(503)

			c.post("/signout").shows(503, "this browser")
			if c.session() != "" {
				t.Error("signing out during an outage left the cookie")
			}

			db.down.Store(false)
			b.get("/dashboard").shows(200)
			b.get("/readyz").shows(200)
		})
	}
}
