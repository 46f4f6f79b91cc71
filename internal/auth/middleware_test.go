package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// serve sends one request with a cookie through the middleware to a handler.
func (w *world) serve(cookie string, handler http.HandlerFunc, prepare ...func(*http.Request)) *http.Response {
	w.t.Helper()
	r := httptest.NewRequest("GET", "/page", nil)
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: w.cfg.Cookie.Name, Value: cookie})
	}
	for _, p := range prepare {
		p(r)
	}
	if handler == nil {
		handler = func(http.ResponseWriter, *http.Request) {}
	}
	rec := httptest.NewRecorder()
	w.a.Middleware(handler).ServeHTTP(rec, r)
	return rec.Result()
}

// setCookie is the value the answer sets: "" = it does not touch the cookie,
// "deleted" = it deletes it.
func (w *world) setCookie(resp *http.Response) string {
	for _, c := range resp.Cookies() {
		switch {
		case c.Name == w.cfg.Cookie.Name && c.MaxAge < 0:
			return "deleted"
		case c.Name == w.cfg.Cookie.Name:
			return c.Value
		}
	}
	return ""
}

func TestOnlyNavigationsAndEndpointsTouchTheCookie(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		header := func(name, value string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set(name, value) }
		}
		path := func(p string) func(*http.Request) { return func(r *http.Request) { r.URL.Path = p } }
		tests := []struct {
			name    string
			prepare []func(*http.Request)
			touches bool
			deletes bool
		}{
			{"a navigation", nil, true, true},
			{"a browser without fetch metadata", []func(*http.Request){header("Sec-Fetch-Mode", "")}, true, true},
			{"a script's request", []func(*http.Request){header("Sec-Fetch-Mode", "cors")}, false, false},
			{"an image", []func(*http.Request){header("Sec-Fetch-Mode", "no-cors")}, false, false},
			{"a prefetch", []func(*http.Request){header("Sec-Purpose", "prefetch;prerender")}, false, false},
			{"another endpoint", []func(*http.Request){header("Sec-Fetch-Mode", "cors"), path("/auth/csrf")}, true, true},
			// Its answer may come after that of a sign-in in another tab.
			{"a poll", []func(*http.Request){header("Sec-Fetch-Mode", "cors"), path("/auth/session")}, true, false},
			{"the event stream", []func(*http.Request){header("Sec-Fetch-Mode", "cors"), path("/auth/events")}, false, false},
			{"an image on a sibling host", []func(*http.Request){header("Sec-Fetch-Mode", "no-cors"), header("Sec-Fetch-Site", "same-site"), path("/auth/session")}, false, false},
			{"a link on another site", []func(*http.Request){header("Sec-Fetch-Site", "cross-site"), path("/auth/signin")}, true, true},
			{"a neighbour of the endpoints", []func(*http.Request){header("Sec-Fetch-Mode", "cors"), path("/authors")}, false, false},
		}
		for _, tt := range tests {
			cookie := w.login(w.a).Cookie
			w.wait(10 * time.Minute)
			resp := w.serve(cookie, nil, tt.prepare...)
			if got := w.setCookie(resp) != ""; got != tt.touches {
				t.Errorf("%s sets a due cookie: %v, want %v", tt.name, got, tt.touches)
			}
			if tt.touches && (resp.Header.Get("Cache-Control") != "private, no-store" || resp.Header.Get("Vary") != "Cookie") {
				t.Errorf("%s sets a cookie with Cache-Control %q and Vary %q", tt.name, resp.Header.Get("Cache-Control"), resp.Header.Get("Vary"))
			}
			w.a.End(t.Context(), auth.Selector{UserID: w.want(w.a, cookie, look, auth.OK, "").Session.User.ID}, auth.SignedOut)
			if got := w.setCookie(w.serve(cookie, nil, tt.prepare...)) == "deleted"; got != tt.deletes {
				t.Errorf("%s deletes a dead cookie: %v, want %v", tt.name, got, tt.deletes)
			}
		}
	})
}

func TestAPollDoesNotCountAsActivityWhenSoConfigured(t *testing.T) { // SE-4, D4
	both(t, func(t *testing.T, w *world) {
		w.cfg.PollKeepsAlive = false
		w.a = w.instance()
		cookie := w.login(w.a).Cookie
		for range 24 {
			w.wait(59 * time.Minute)
			resp := w.serve(cookie, nil, func(r *http.Request) { r.URL.Path = "/auth/session" })
			if got := w.setCookie(resp); got != "" {
				t.Fatalf("a poll sets the cookie to %q, want it left alone", got)
			}
		}
		w.wait(30 * time.Minute)
		w.want(w.a, cookie, visit, auth.Ended, auth.Expired)
	})
}

func TestAPollThatTheUserAsksForIsActivity(t *testing.T) { // "Stay signed in"
	both(t, func(t *testing.T, w *world) {
		w.cfg.PollKeepsAlive = false
		w.a = w.instance()
		cookie := w.login(w.a).Cookie
		w.wait(23 * time.Hour)
		resp := w.serve(cookie, nil, func(r *http.Request) { r.URL.Path, r.URL.RawQuery = "/auth/session", "active" })
		renewed := w.setCookie(resp)
		if renewed == "" {
			t.Fatal("the poll sets no cookie, want a renewed one")
		}
		w.wait(2 * time.Hour)
		w.want(w.a, renewed, look, auth.OK, "")
	})
}

func TestHeadersCanWaitForWhatARequestComesTo(t *testing.T) {
	w := newWorld(t, "database")
	cookie := w.login(w.a).Cookie
	resp := w.serve(cookie, func(rw http.ResponseWriter, r *http.Request) {
		auth.AtHeaders(r.Context(), func(h http.Header) { h.Set("X-Queries", strconv.Itoa(auth.Queries(r.Context()))) })
		w.a.Sessions(r.Context(), auth.FromContext(r.Context()).Session.User.ID)
		rw.Write([]byte("the page"))
	})
	if got := resp.Header.Get("X-Queries"); got != "2" { // whose session it is, and the list
		t.Errorf("the header says %q queries, want 2", got)
	}
	auth.AtHeaders(t.Context(), nil) // outside the Middleware: nothing
}

func TestASignOutUnderwayIsNotUndone(t *testing.T) { // SE-7
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.a)
		w.wait(10 * time.Minute)
		resp := w.serve(issued.Cookie, func(rw http.ResponseWriter, r *http.Request) {
			if s := auth.FromContext(r.Context()); s.State != auth.OK || s.Cookie == "" {
				t.Fatal("the request renews nothing; the test proves nothing")
			}
			// The user signs out in another tab while this answer is being made.
			w.a.End(r.Context(), auth.Selector{UserID: issued.Session.User.ID, SessionID: issued.Session.ID}, auth.SignedOut)
		})
		if got := w.setCookie(resp); got != "" {
			t.Errorf("the late answer sets the cookie to %q, want nothing of the ended session", got)
		}
	})
}

func TestALateAnswerDoesNotDeleteTheSuccessor(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		first := w.login(w.a)
		if _, err := w.a.Login(t.Context(), auth.Credentials{Email: "ada@example.com", Password: password, Held: first.Session}); err != nil {
			t.Fatal(err)
		}
		if got := w.setCookie(w.serve(first.Cookie, nil)); got != "" {
			t.Errorf("a request with the replaced cookie gets %q, want the successor's cookie left alone", got)
		}
	})
}

func TestAnOutageTouchesNoCookie(t *testing.T) { // RV-4
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		w.wait(time.Hour)
		w.store.down.Store(true)
		resp := w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
			if s := auth.FromContext(r.Context()); s.State != auth.Unavailable {
				t.Errorf("state %d during an outage, want Unavailable", s.State)
			}
		})
		if got := w.setCookie(resp); got != "" {
			t.Errorf("the cookie becomes %q during an outage, want it left alone", got)
		}
	})
}

func TestTheSessionTravelsOnlyInItsCookie(t *testing.T) { // CK-5, CK-6
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		name := w.cfg.Cookie.Name
		tests := map[string]func(*http.Request){
			"a query":              func(r *http.Request) { r.URL.RawQuery = name + "=" + cookie },
			"a bearer token":       func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+cookie) },
			"another cookie":       func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name + "X", Value: cookie}) },
			"a chunk without .0":   func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name + ".1", Value: cookie}) },
			"two different values": func(r *http.Request) { r.Header.Set("Cookie", name+"="+cookie+"; "+name+"=x") },
			"3,001 cookies":        func(r *http.Request) { r.Header.Set("Cookie", strings.Repeat("a=b; ", 3000)+name+"="+cookie) },
		}
		for what, prepare := range tests {
			w.serve("", func(_ http.ResponseWriter, r *http.Request) {
				if s := auth.FromContext(r.Context()); s.State != auth.None {
					t.Errorf("a session in %s gives state %d, want None", what, s.State)
				}
			}, prepare)
		}
	})
}

func TestAStrayChunkSignsNobodyOut(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
			if s := auth.FromContext(r.Context()); s.State != auth.OK {
				t.Errorf("state %d with a stray chunk beside the cookie, want OK", s.State)
			}
		}, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: w.cfg.Cookie.Name + ".0", Value: "stray"}) })
	})
}

func TestAClockOutOfStepDeletesNoCookie(t *testing.T) { // CT-1
	w := newWorld(t, "jwt")
	w.wait(20 * time.Second) // another instance is ahead by more than the leeway
	cookie := w.login(w.a).Cookie
	w.wait(-20 * time.Second)
	resp := w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
		if s := auth.FromContext(r.Context()); s.State != auth.None {
			t.Errorf("a token from the future gives state %d, want None", s.State)
		}
	})
	if got := w.setCookie(resp); got != "" {
		t.Errorf("the cookie becomes %q, want it left alone until the clocks agree", got)
	}
}

func TestAHandlerThatFlushesSendsTheCookie(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		cookie := w.login(w.a).Cookie
		w.wait(10 * time.Minute)
		resp := w.serve(cookie, func(rw http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(rw).Flush(); err != nil {
				t.Error(err)
			}
		})
		if w.setCookie(resp) == "" {
			t.Error("an answer that was flushed has lost the renewed cookie")
		}
	})
}
