package auth_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/internal/auth"
)

// queries sends a request through the middleware and tells what it cost.
func (w *world) queries(cookie string, handler func(*http.Request), prepare ...func(*http.Request)) (n int) {
	w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
		if handler != nil {
			handler(r)
		}
		n = auth.Queries(r.Context())
	}, prepare...)
	return n
}

func TestARequestCostsOnlyWhatItAsks(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		cost := func(what string, want int, handler func(*http.Request)) {
			t.Helper()
			asked := w.store.asked.Load()
			if got := w.queries(issued.Cookie, handler); got != want {
				t.Errorf("%s costs %d queries, want %d", what, got, want)
			}
			if handler == nil && w.store.asked.Load()-asked != int64(want) {
				t.Errorf("%s asks the store %d times, want %d", what, w.store.asked.Load()-asked, want)
			}
		}
		if w.cfg.Strategy == "database" {
			cost("the first look of this process", 1, nil)
		}
		cost("a request", 0, nil)
		cost("the list of sessions", 1, func(r *http.Request) { w.a.Sessions(r.Context(), issued.Session.User.ID) })
		w.wait(5 * time.Minute)
		cost("a renewal", 1, nil)
		cost("a change of the user", 1, func(r *http.Request) {
			w.a.UpdateUser(r.Context(), issued.Session.User.ID, func(*auth.User) error { return nil })
		})
		cost("the first request after it", 1, nil)
	})
}

func TestAskingAfreshCosts(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.queries(issued.Cookie, nil)
		got := w.queries(issued.Cookie, func(r *http.Request) {
			w.a.RequireFresh(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(nil, r)
		})
		if got != 1 {
			t.Errorf("RequireFresh costs %d queries, want 1", got)
		}
	})
}

func TestRequestsThatAskTogetherPayOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.queries(issued.Cookie, nil)
		w.wait(10 * time.Minute)
		synctest.Test(t, func(t *testing.T) {
			w.store.slow = make(chan struct{})
			costs := make([]int, 5)
			var wg sync.WaitGroup
			for i := range costs {
				wg.Go(func() { costs[i] = w.queries(issued.Cookie, nil) })
			}
			synctest.Wait()
			close(w.store.slow)
			wg.Wait()
			total := 0
			for _, c := range costs {
				total += c
			}
			if total != 1 {
				t.Errorf("5 requests that wait for one renewal cost %d queries together, want 1: %v", total, costs)
			}
		})
	})
}

func TestOutsideTheMiddlewareNothingIsCounted(t *testing.T) {
	w := newWorld(t, "jwt")
	w.login(w.a)
	if got := auth.Queries(t.Context()); got != 0 {
		t.Errorf("Queries of a context without a request = %d, want 0", got)
	}
}
