package web_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// request is one that a route of the site answers.
type request struct{ method, route string }

// path is an address of the route.
func (r request) path() string {
	return strings.NewReplacer("{id}", "x", "{provider}", "credentials", "*", "app.css").Replace(r.route)
}

// allRoutes are those that the router has, found by walking it.
func allRoutes(t *testing.T, h http.Handler) []request {
	t.Helper()
	var found []request
	err := chi.Walk(h.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		found = append(found, request{method, route})
		return nil
	})
	if err != nil || len(found) < 25 {
		t.Fatalf("the walk has found %d routes, %v, want the site's", len(found), err)
	}
	return found
}

// hang waits as a database does that accepts connections and then says nothing.
func hang(ctx context.Context) error {
	<-ctx.Done()
	return fmt.Errorf("%w: %w", auth.ErrUnavailable, ctx.Err())
}

// A database that stalls makes an error page in time on every route, even if the
// driver knows no context.
func TestAStalledDatabaseIsAnsweredInTime(t *testing.T) {
	for name, knowsContext := range map[string]bool{"which ends with the context": true, "which ignores the context": false} {
		t.Run(name, func(t *testing.T) {
			db := webtest.Hold(webtest.NewMemory())
			w := webtest.New(t, db, "jwt")
			w.Web.MaxTime = 200 * time.Millisecond
			w.EveryPart()
			ada := w.SignUp("ada@example.com")
			w.Wait(6 * time.Minute) // so that the session has to be asked for
			released := make(chan struct{})
			db.Wait(func(ctx context.Context) error {
				if knowsContext {
					return hang(ctx)
				}
				<-released
				return auth.ErrUnavailable
			})
			defer close(released)
			var asking sync.WaitGroup
			failed := make(chan string, 100)
			for _, r := range allRoutes(t, w.Handler()) {
				if r.route == "/auth/events" {
					continue // has no time of its own; see TestAStreamOutlivesItsDeadlines
				}
				b := ada.Copy()
				asking.Go(func() {
					start := time.Now()
					got := b.Do(r.method, r.path(), "application/x-www-form-urlencoded", "email=ada%40example.com&password=seven+quiet+ships+at+noon")
					if took := time.Since(start); took > 4*time.Second {
						t.Errorf("%s %s took %v, want an answer in its time", r.method, r.route, took)
					}
					if got.StatusCode < 300 && got.Text == "" && r.method != "HEAD" && r.method != "OPTIONS" {
						t.Errorf("%s %s = %d and nothing else, want an answer", r.method, r.route, got.StatusCode)
					}
					if got.StatusCode >= 500 {
						failed <- r.method + " " + r.route
						if !strings.Contains(got.Text, "</html>") && !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
							t.Errorf("%s %s = %d with %.100q, want a page", r.method, r.route, got.StatusCode, got.Text)
						}
					}
				})
			}
			asking.Wait()
			close(failed)
			all := map[string]bool{}
			for f := range failed {
				all[f] = true
			}
			for _, want := range []string{"GET /", "GET /dashboard", "GET /account/sessions", "GET /account", "POST /account", "POST /account/sessions/{id}/end",
				"GET /signin", "POST /signin", "POST /signup", "GET /auth/session", "POST /auth/session", "POST /signout", "GET /readyz"} {
				if method, route, _ := strings.Cut(want, " "); !all[want] && slices.Contains(allRoutes(t, w.Handler()), request{method, route}) {
					t.Errorf("%s is no error while the database stalls: %v", want, all)
				}
			}
		})
	}
}
