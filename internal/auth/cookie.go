package auth

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
)

// request is what the middleware knows of one request: what its cookie came
// to, and what is to become of the cookie when the answer is written.
type request struct {
	service *Service
	value   string // the cookie's value that gave the result; "" = none did
	result  Result

	issue *Issued // set this cookie; nil = no
	clear bool    // delete the cookie and every chunk of it

	headers []func(http.Header) // see AtHeaders; nil = none

	queries atomic.Int64 // see Queries
}

type requestKey struct{}

func fromContext(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// FromContext returns what the request's session cookie came to. Outside the
// Middleware that is None.
func FromContext(ctx context.Context) Result { return fromContext(ctx).result }

// SetCookie has the response carry the session's cookie.
func SetCookie(ctx context.Context, issued Issued) {
	r := fromContext(ctx)
	r.issue, r.clear = &issued, false
}

// ClearCookie has the response delete the session cookie.
func ClearCookie(ctx context.Context) {
	r := fromContext(ctx)
	r.issue, r.clear = nil, true
}

// Refresh checks the request's session once more, after its user was changed,
// so that the response says and carries what is true now.
func Refresh(ctx context.Context) Result {
	r := fromContext(ctx)
	if r.result.State == OK {
		r.result = r.service.Authenticate(ctx, r.value, Mode{Renew: true})
		if r.result.Cookie != "" {
			SetCookie(ctx, Issued{r.result.Session, r.result.Cookie})
		}
	}
	return r.result
}

// AtHeaders has f add to the response's headers at the moment they go out, when
// all that the request came to is known. Outside the Middleware it does nothing.
func AtHeaders(ctx context.Context, f func(http.Header)) {
	r := fromContext(ctx)
	r.headers = append(r.headers, f)
}

// writeCookie is the only place that writes the session cookie. It runs at the
// moment the headers are written and looks into the view once more: a session
// that ended while the request was under way gets no new cookie.
func (r *request) writeCookie(h http.Header) {
	if r.issue == nil && !r.clear {
		return
	}
	cookie := r.service.cfg.Cookie
	if r.clear {
		cookie.Clear(h)
	} else {
		if _, ended := r.service.view.Ended(r.issue.Session.ID); ended {
			return
		}
		if err := cookie.Write(h, r.issue.Cookie, r.issue.Session.ExpiresAt); err != nil {
			r.service.cfg.Log.Error("session cookie not written", "user", r.issue.Session.User.ID, "error", err)
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

// cookieWriter calls writeCookie, and whoever asked for it, just before the headers go out.
type cookieWriter struct {
	http.ResponseWriter
	request *request
	wrote   bool
}

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
