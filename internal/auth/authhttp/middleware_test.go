package authhttp_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/dbtrace"
)

func TestOnlyNavigationsAndPollsTouchTheCookie(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		header := func(name, value string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set(name, value) }
		}
		tests := []struct {
			name    string
			kind    authhttp.Kind
			prepare []func(*http.Request)
			touches bool
		}{
			{"a navigation", authhttp.Page, nil, true},
			{"a browser without fetch metadata", authhttp.Page, []func(*http.Request){header("Sec-Fetch-Mode", "")}, true},
			{"a script's request", authhttp.Page, []func(*http.Request){header("Sec-Fetch-Mode", "cors")}, false},
			{"an image", authhttp.Page, []func(*http.Request){header("Sec-Fetch-Mode", "no-cors")}, false},
			{"a prefetch", authhttp.Page, []func(*http.Request){header("Sec-Purpose", "prefetch;prerender")}, false},
			{"a poll", authhttp.Poll, []func(*http.Request){header("Sec-Fetch-Mode", "cors")}, true},
			{"the event stream", authhttp.Silent, []func(*http.Request){header("Sec-Fetch-Mode", "cors")}, false},
			{"an image on a sibling host", authhttp.Poll, []func(*http.Request){header("Sec-Fetch-Mode", "no-cors"), header("Sec-Fetch-Site", "same-site")}, false},
			{"a link on another site", authhttp.Page, []func(*http.Request){header("Sec-Fetch-Site", "cross-site")}, true},
		}
		for _, tt := range tests {
			w.kind = tt.kind
			cookie := w.Login(w.A).Cookie
			w.Wait(10 * time.Minute)
			resp := w.serve(cookie, nil, tt.prepare...)
			if got := w.setCookie(resp) != ""; got != tt.touches {
				t.Errorf("%s sets a due cookie: %v, want %v", tt.name, got, tt.touches)
			}
			if tt.touches && (resp.Header.Get("Cache-Control") != "private, no-store" || resp.Header.Get("Vary") != "Cookie") {
				t.Errorf("%s sets a cookie with Cache-Control %q and Vary %q", tt.name, resp.Header.Get("Cache-Control"), resp.Header.Get("Vary"))
			}
		}
	})
}

func TestAPollDoesNotCountAsActivityWhenSoConfigured(t *testing.T) { // SE-4, D4
	both(t, func(t *testing.T, w *world) {
		w.edge.PollKeepsAlive, w.kind = false, authhttp.Poll
		cookie := w.Login(w.A).Cookie
		for range 24 {
			w.Wait(59 * time.Minute)
			resp := w.serve(cookie, nil)
			if got := w.setCookie(resp); got != "" {
				t.Fatalf("a poll sets the cookie to %q, want it left alone", got)
			}
		}
		w.Wait(30 * time.Minute)
		w.Want(w.A, cookie, authtest.Visit, auth.StateEnded, auth.ReasonExpired)
	})
}

func TestAPollThatTheUserAsksForIsActivity(t *testing.T) { // "Stay signed in"
	both(t, func(t *testing.T, w *world) {
		w.edge.PollKeepsAlive, w.kind = false, authhttp.Poll
		cookie := w.Login(w.A).Cookie
		w.Wait(23 * time.Hour)
		resp := w.serve(cookie, nil, func(r *http.Request) { r.URL.RawQuery = "active" })
		renewed := w.setCookie(resp)
		if renewed == "" {
			t.Fatal("the poll sets no cookie, want a renewed one")
		}
		w.Wait(2 * time.Hour)
		w.Want(w.A, renewed, authtest.Look, auth.StateOK, "")
	})
}

func TestHeadersCanWaitForWhatARequestComesTo(t *testing.T) {
	w := newWorld(t, "database")
	cookie := w.Login(w.A).Cookie
	w.Wait(10 * time.Minute)
	resp := w.serve(cookie, func(rw http.ResponseWriter, r *http.Request) {
		authhttp.AtHeaders(r.Context(), func(h http.Header) { h.Set("X-Queries", strconv.Itoa(dbtrace.Count(r.Context()))) })
		w.A.Sessions(r.Context(), authhttp.FromContext(r.Context()).Session.User.ID, auth.Page{Limit: 10})
		rw.Write([]byte("the page"))
	})
	if got := resp.Header.Get("X-Queries"); got != "2" { // whose session it is, and the list
		t.Errorf("the header says %q queries, want 2", got)
	}
	authhttp.AtHeaders(t.Context(), nil) // outside the Middleware: nothing
}

func TestASignOutUnderwayIsNotUndone(t *testing.T) { // SE-7
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		w.Wait(10 * time.Minute)
		resp := w.serve(issued.Cookie, func(rw http.ResponseWriter, r *http.Request) {
			if s := authhttp.FromContext(r.Context()); s.State != auth.StateOK || s.Cookie == "" {
				t.Fatal("the request renews nothing; the test proves nothing")
			}
			// The user signs out in another tab while this answer is being made.
			w.A.End(r.Context(), auth.Selector{UserID: issued.Session.User.ID, SessionID: issued.Session.ID}, auth.ReasonSignedOut)
		})
		if got := w.setCookie(resp); got != "" {
			t.Errorf("the late answer sets the cookie to %q, want nothing of the ended session", got)
		}
	})
}

func TestAnOutageTouchesNoCookie(t *testing.T) { // RV-4
	both(t, func(t *testing.T, w *world) {
		cookie := w.Login(w.A).Cookie
		w.Wait(time.Hour)
		w.Store.Down.Store(true)
		resp := w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
			if s := authhttp.FromContext(r.Context()); s.State != auth.StateUnavailable {
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
		cookie := w.Login(w.A).Cookie
		name := w.edge.Cookie.Name
		tests := map[string]func(*http.Request){
			"a query":            func(r *http.Request) { r.URL.RawQuery = name + "=" + cookie },
			"a bearer token":     func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+cookie) },
			"another cookie":     func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name + "X", Value: cookie}) },
			"a chunk without .0": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name + ".1", Value: cookie}) },
			"3,001 cookies":      func(r *http.Request) { r.Header.Set("Cookie", strings.Repeat("a=b; ", 3000)+name+"="+cookie) },
		}
		for what, prepare := range tests {
			w.serve("", func(_ http.ResponseWriter, r *http.Request) {
				if s := authhttp.FromContext(r.Context()); s.State != auth.StateNone {
					t.Errorf("a session in %s gives state %d, want None", what, s.State)
				}
			}, prepare)
		}
	})
}

func TestAStrayChunkSignsNobodyOut(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		cookie := w.Login(w.A).Cookie
		w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
			if s := authhttp.FromContext(r.Context()); s.State != auth.StateOK {
				t.Errorf("state %d with a stray chunk beside the cookie, want OK", s.State)
			}
		}, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: w.edge.Cookie.Name + ".0", Value: "stray"}) })
	})
}

func TestAClockOutOfStepDeletesNoCookie(t *testing.T) { // CT-1
	w := newWorld(t, "jwt")
	w.Wait(20 * time.Second) // another instance is ahead by more than the leeway
	cookie := w.Login(w.A).Cookie
	w.Wait(-20 * time.Second)
	resp := w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) {
		if s := authhttp.FromContext(r.Context()); s.State != auth.StateNone {
			t.Errorf("a token from the future gives state %d, want None", s.State)
		}
	})
	if got := w.setCookie(resp); got != "" {
		t.Errorf("the cookie becomes %q, want it left alone until the clocks agree", got)
	}
}

func TestAHandlerThatFlushesSendsTheCookie(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		cookie := w.Login(w.A).Cookie
		w.Wait(10 * time.Minute)
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

func TestACookieSetOutsideTheMiddlewareIsAnError(t *testing.T) {
	w := newWorld(t, "jwt")
	if err := authhttp.SetCookie(t.Context(), w.Login(w.A)); err != authhttp.ErrOutside {
		t.Errorf("SetCookie outside the middleware = %v, want ErrOutside", err)
	}
	if err := authhttp.ClearCookie(t.Context()); err != authhttp.ErrOutside {
		t.Errorf("ClearCookie outside the middleware = %v, want ErrOutside", err)
	}
}
