package kit_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

func TestRequestsAreObservedByTheirRoutes(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	w := webtest.OnMemory(t)
	w.Web.Observe = func(route, method string, status int, took time.Duration) {
		if took <= 0 || took > time.Minute {
			t.Errorf("%s %s took %v", method, route, took)
		}
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprint(method, " ", route, " ", status))
	}
	w.Deploy()
	b := w.SignUp("ada@example.com")
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/dashboard", "GET /dashboard 200"},
		{"HEAD", "/dashboard", "HEAD /dashboard 200"},
		{"POST", "/account/sessions/one/end", "POST /account/sessions/{id}/end"},
		{"GET", "/static/nowhere.css", "GET /static/* 404"},
		{"GET", "/nowhere/at/all", "GET unmatched 404"},
		{"GET", "/account/x.css", "GET unmatched 404"},
		{"PUT", "/signin", "PUT unmatched 405"},
		{"GET", "//evil.example/", "GET unmatched 404"},
		{"GET", "/auth/session", "GET /auth/session 200"},
	} {
		mu.Lock()
		seen = nil
		mu.Unlock()
		b.Do(c.method, c.path, "application/x-www-form-urlencoded", "")
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			mu.Lock()
			got := slices.Clone(seen)
			mu.Unlock()
			if len(got) == 1 && (got[0] == c.want || c.method == http.MethodPost && len(got[0]) > len(c.want) && got[0][:len(c.want)] == c.want) {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("%s %s is observed as %q, want %q", c.method, c.path, got, c.want)
				break
			}
		}
	}
}
