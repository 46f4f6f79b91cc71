package web_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// CL-2: 48 browsers sign in to one account at once, on two instances. At no
// moment has the table more live sessions than the limit, and when the dust
// has settled exactly that many cookies answer, on either instance.
func TestTheLimitHoldsUnderARace(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	const workers, rounds, limit = 48, 3, 3
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.Unlimited = true // 48 sign-ins at once are more than one client's budget
		w.Deploy()
		w.SignUp(ada)
		user, _, err := w.Database.UserByEmail(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		instances := []http.Handler{w.Handler(), w.Instance()}
		var turn atomic.Int64
		w.Use(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			instances[turn.Add(1)%2].ServeHTTP(rw, r)
		}))

		sampling, stop := context.WithCancel(t.Context())
		var sampler sync.WaitGroup
		var samples, most int
		sampler.Go(func() {
			for sampling.Err() == nil {
				_, live, err := w.Database.Live(context.WithoutCancel(sampling), user.ID, w.Now(), auth.Page{})
				if err != nil {
					t.Errorf("Live = %v", err)
				}
				samples, most = samples+1, max(most, live)
			}
		})
		for range rounds {
			browsers := make([]*webtest.Browser, workers)
			for i := range browsers {
				browsers[i] = w.Browser()
			}
			var signingIn sync.WaitGroup
			start := make(chan struct{})
			for _, b := range browsers {
				signingIn.Go(func() {
					<-start
					if got := b.Post("/signin", "email", ada, "password", webtest.Password); got.StatusCode != 303 {
						t.Errorf("a sign-in of the race = %d, want 303: %.200s", got.StatusCode, got.Text)
					}
				})
			}
			close(start)
			signingIn.Wait()
			for i, instance := range instances {
				w.Use(instance)
				if got := answering(t, browsers, limit); got != limit {
					t.Errorf("after the race %d cookies answer on instance %d, want %d", got, i, limit)
				}
			}
			w.Use(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				instances[turn.Add(1)%2].ServeHTTP(rw, r)
			}))
		}
		stop()
		sampler.Wait()
		if most > limit {
			t.Errorf("%d sessions were live at once in %d samples, want at most %d", most, samples, limit)
		}
		if samples < rounds {
			t.Errorf("only %d samples were taken; the test proves nothing", samples)
		}
	})
}

// answering counts the browsers whose cookie still answers, once the endings
// have had time to travel: see the promise in auth/endings.go. It asks no faster than a
// session may be asked about.
func answering(t *testing.T, browsers []*webtest.Browser, want int) (n int) {
	deadline := time.Now().Add(10 * time.Second)
	for {
		n = 0
		for _, b := range browsers {
			got := b.Copy().Get("/auth/session")
			if got.StatusCode != http.StatusOK {
				t.Errorf("GET /auth/session = %d, want 200: %.200s", got.StatusCode, got.Text)
			}
			if got.Text != "null" {
				n++
			}
		}
		if n <= want || time.Now().After(deadline) {
			return n
		}
		time.Sleep(500 * time.Millisecond)
	}
}
