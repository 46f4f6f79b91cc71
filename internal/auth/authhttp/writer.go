package authhttp

import (
	"net/http"
	"strings"
)

// cookieWriter writes the session cookie, and what AtHeaders was given, just
// before the headers go out.
type cookieWriter struct {
	http.ResponseWriter
	request *request
	wrote   bool
}

// WriteHeader implements http.ResponseWriter.
func (w *cookieWriter) WriteHeader(status int) {
	if !w.wrote && status >= 200 { // 1xx is not the answer yet
		w.wrote = true
		w.request.writeCookie(w.Header())
		for _, f := range w.request.headers {
			f(w.Header())
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *cookieWriter) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what there is, which the headers are part of.
func (w *cookieWriter) Flush() {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *cookieWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// writeCookie is the only place that writes the session cookie. It runs at the
// moment the headers are written and checks once more: a session that ended
// while the request was under way gets no new cookie.
func (r *request) writeCookie(h http.Header) {
	if r.issue == nil && !r.clear {
		return
	}
	cookie := r.edge.Cookie
	if r.clear {
		cookie.Clear(h)
	} else {
		if r.edge.Sessions.HasEnded(r.issue.Session.ID) {
			return
		}
		if err := cookie.Write(h, r.issue.Cookie, r.issue.Session.ExpiresAt); err != nil {
			r.edge.Log.Error("session cookie not written", "user", r.issue.Session.User.ID, "error", err)
			return
		}
	}
	// No cache may keep an answer that sets this cookie (RFC 9111 §7.3).
	if !strings.Contains(h.Get("Cache-Control"), "no-store") {
		h.Set("Cache-Control", "private, no-store")
	}
	if h.Get("Vary") != "Cookie" {
		h.Add("Vary", "Cookie")
	}
}
