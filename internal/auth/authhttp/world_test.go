package authhttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
	"latchkey/internal/dbtrace"
)

// world is the engine's, behind HTTP.
type world struct {
	*authtest.World
	edge *authhttp.Edge
	kind authhttp.Kind // of the route that serve asks
}

func newWorld(t *testing.T, strategy string) *world {
	return behindHTTP(authtest.NewWorld(t, strategy))
}

func cached(t *testing.T, f func(t *testing.T, w *world)) {
	authtest.Cached(t, func(t *testing.T, w *authtest.World) { f(t, behindHTTP(w)) })
}

func both(t *testing.T, f func(t *testing.T, w *world)) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) { f(t, behindHTTP(w)) })
}

func behindHTTP(w *authtest.World) *world {
	return &world{World: w, edge: &authhttp.Edge{Sessions: w.A, Cookie: authjs.SessionCookie(false), PollKeepsAlive: true, Log: w.Cfg.Log}}
}

// serve sends one request with a cookie through the middleware to a handler.
func (w *world) serve(cookie string, handler http.HandlerFunc, prepare ...func(*http.Request)) *http.Response {
	w.Helper()
	r := httptest.NewRequest("GET", "/page", nil)
	r = r.WithContext(dbtrace.WithCounter(r.Context()))
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: w.edge.Cookie.Name, Value: cookie})
	}
	for _, p := range prepare {
		p(r)
	}
	if handler == nil {
		handler = func(http.ResponseWriter, *http.Request) {}
	}
	rec := httptest.NewRecorder()
	w.edge.Middleware(w.kind)(handler).ServeHTTP(rec, r)
	return rec.Result()
}

// setCookie is the value the answer sets: "" = it does not touch the cookie,
// "deleted" = it deletes it.
func (w *world) setCookie(resp *http.Response) string {
	for _, c := range resp.Cookies() {
		switch {
		case c.Name == w.edge.Cookie.Name && c.MaxAge < 0:
			return "deleted"
		case c.Name == w.edge.Cookie.Name:
			return c.Value
		}
	}
	return ""
}
