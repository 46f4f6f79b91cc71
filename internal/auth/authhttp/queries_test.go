package authhttp_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
)

// queries sends a request through the middleware and tells what it cost.
func (w *world) queries(cookie string, handler func(*http.Request), prepare ...func(*http.Request)) (n int) {
	w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
		if handler != nil {
			handler(r)
		}
		n = dbtrace.Count(r.Context())
	}, prepare...)
	return n
}

func TestARequestCostsOnlyWhatItAsks(t *testing.T) {
	cached(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		cost := func(what string, want int, handler func(*http.Request)) {
			t.Helper()
			asked := w.Store.Asked.Load()
			if got := w.queries(issued.Cookie, handler); got != want {
				t.Errorf("%s costs %d queries, want %d", what, got, want)
			}
			if handler == nil && w.Store.Asked.Load()-asked != int64(want) {
				t.Errorf("%s asks the store %d times, want %d", what, w.Store.Asked.Load()-asked, want)
			}
		}
		cost("the first request after the sign-in", 0, nil)
		cost("a request", 0, nil)
		cost("the list of sessions", 1, func(r *http.Request) { w.A.Sessions(r.Context(), issued.Session.User.ID, auth.Page{Limit: 10}) })
		w.Wait(5 * time.Minute)
		cost("a renewal", 1, nil)
		w.ChangeUser(w.A, "ada", func(*auth.User) {})
		cost("the first request after a change of the user", 1, nil)
	})
}

func TestAskingAfreshCosts(t *testing.T) {
	cached(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		w.queries(issued.Cookie, nil)
		got := w.queries(issued.Cookie, func(r *http.Request) {
			w.edge.AskDatabase(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(nil, r)
		})
		if got != 1 {
			t.Errorf("AskDatabase costs %d queries, want 1", got)
		}
	})
}

func TestRequestsThatAskTogetherPayOnce(t *testing.T) {
	cached(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		w.queries(issued.Cookie, nil)
		w.Wait(10 * time.Minute)
		synctest.Test(t, func(t *testing.T) {
			w.Store.Slow = make(chan struct{})
			costs := make([]int, 5)
			var wg sync.WaitGroup
			for i := range costs {
				wg.Go(func() { costs[i] = w.queries(issued.Cookie, nil) })
			}
			synctest.Wait()
			close(w.Store.Slow)
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
	w.Login(w.A)
	if got := dbtrace.Count(t.Context()); got != 0 {
		t.Errorf("Queries of a context without a request = %d, want 0", got)
	}
}
