package authhttp

import (
	"context"
	"errors"
	"net/http"

	"latchkey/internal/auth"
)

// ErrOutside means that a request has not come through Edge.Middleware, so that
// nothing would ever write its cookie.
var ErrOutside = errors.New("the route is outside the session middleware")

// request is what the middleware knows of one request: what its cookie came
// to, and what is to become of the cookie when the answer is written.
type request struct {
	edge   *Edge
	value  string // the cookie's value that gave the result; "" = none did
	result auth.Result

	issue *auth.Issued // set this cookie; nil = no
	clear bool         // delete the cookie and every chunk of it

	headers []func(http.Header) // see AtHeaders; nil = none
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// FromContext returns what the request's session cookie came to. Outside the
// Middleware that is StateNone.
func FromContext(ctx context.Context) auth.Result { return requestOf(ctx).result }

// SetCookie has the response carry the session's cookie. ErrOutside where there
// is no Middleware: the session has begun and no browser would hold it.
func SetCookie(ctx context.Context, issued auth.Issued) error {
	r := requestOf(ctx)
	if r.edge == nil {
		return ErrOutside
	}
	r.issue, r.clear = &issued, false
	return nil
}

// ClearCookie has the response delete the session cookie. ErrOutside where
// there is no Middleware.
func ClearCookie(ctx context.Context) error {
	r := requestOf(ctx)
	if r.edge == nil {
		return ErrOutside
	}
	r.issue, r.clear = nil, true
	return nil
}

// Refresh checks the request's session once more, after its user was changed,
// so that the response says and carries what is true now.
func Refresh(ctx context.Context) auth.Result {
	r := requestOf(ctx)
	if r.result.State == auth.StateOK {
		r.result = r.edge.Sessions.Authenticate(ctx, r.value, auth.Mode{Renew: true})
		if r.result.Cookie != "" {
			r.issue, r.clear = &auth.Issued{Session: r.result.Session, Cookie: r.result.Cookie}, false
		}
	}
	return r.result
}

// Inspect says what the browser holds of its session once it has the answer to
// this request. The zero Carried without a session.
func Inspect(ctx context.Context) auth.Carried {
	r := requestOf(ctx)
	value := r.value
	if r.issue != nil {
		value = r.issue.Cookie
	}
	if r.result.State != auth.StateOK || value == "" {
		return auth.Carried{}
	}
	return r.edge.Sessions.Inspect(value)
}

// AtHeaders has f add to the response's headers at the moment they go out, when
// all that the request came to is known. Outside the Middleware it does nothing.
func AtHeaders(ctx context.Context, f func(http.Header)) {
	r := requestOf(ctx)
	r.headers = append(r.headers, f)
}
