package authhttp

import (
	"net/http"
	"strings"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

// writeCookie is the only place that writes the session cookie. It runs at the
// moment the headers are written and checks once more what has become of the
// session while the request was under way.
func (r *request) writeCookie(h http.Header) {
	switch {
	case r.clear && !r.wasReplaced():
		r.clearCookies(h)
	case r.issue != nil && !r.edge.Sessions.HasEnded(r.issue.Session.ID):
		r.setCookies(h)
	case r.tell:
		r.write(h, r.edge.told(), endingOf(r.value), time.Time{})
	default:
		return
	}
	// No cache may keep an answer that sets this cookie (RFC 9111 §7.3).
	if !strings.Contains(h.Get("Cache-Control"), "no-store") {
		h.Set("Cache-Control", "private, no-store")
	}
	if h.Get("Vary") != "Cookie" {
		h.Add("Vary", "Cookie")
	}
}

// wasReplaced reports whether this browser has signed in again since it sent the request:
// what it holds now is its successor's cookie.
func (r *request) wasReplaced() bool {
	if r.result.State == auth.StateEnded {
		return r.result.Reason == auth.ReasonReplaced
	}
	reason, _ := r.edge.Sessions.EndedAs(r.result.Session.ID)
	return reason == auth.ReasonReplaced
}

func (r *request) clearCookies(h http.Header) {
	r.edge.Cookie.Clear(h, r.edge.Cookie.Carried(r.in)...)
	if companion, used := r.edge.companion(); used {
		companion.Clear(h, companion.Carried(r.in)...)
	}
}

func (r *request) setCookies(h http.Header) {
	session := r.issue.Session
	r.write(h, r.edge.Cookie, r.issue.Cookie, session.ExpiresAt, r.edge.Cookie.Carried(r.in)...)
	if companion, used := r.edge.companion(); used {
		r.write(h, companion, r.edge.Sessions.Companion(session.ID), session.ExpiresAt)
	}
}

func (r *request) write(h http.Header, cookie authjs.Cookie, value string, expires time.Time, carried ...string) {
	if err := cookie.Write(h, value, expires, carried...); err != nil {
		r.edge.Log.Error("cookie not written", "name", cookie.Name, "error", err)
	}
}
