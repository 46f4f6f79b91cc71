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
	edge     *Edge
	in       *http.Request
	value    string // the cookie's value that gave the result; "" = none did
	result   auth.Result
	conflict bool // see Conflict

	issue *auth.Issued // set this cookie; nil = no
	clear bool         // delete the cookie and every chunk of it
	tell  bool         // remember that the user has read of the ending

	headers []func(http.Header) // see AtHeaders; nil = none

	http.ResponseWriter      // what is below
	sent                bool // the headers are out, or the connection is the handler's
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

// Conflict reports whether the request's cookies hold two valid sessions, one of which
// another site on this host, or on a host beside it, has planted. The result is StateNone
// then. On https signing in again resolves it; elsewhere it lasts until the user deletes
// this site's cookies, or the planted one expires.
func Conflict(ctx context.Context) bool { return requestOf(ctx).conflict }

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

// ClearCookie has the response delete the session cookie, because the user has signed out.
// ErrOutside where there is no Middleware.
//
// Nothing else deletes a cookie. An answer may come late, after that of a sign-in in another
// tab, and would delete the new cookie: the two have one name, and a browser knows no
// condition. And a cookie that does not open may be a neighbour's, such as another project
// on localhost. A dead cookie does no harm: it opens nothing, it ends by its own expiry, and
// the next sign-in overwrites it. Of a sign-out that a sign-in has overtaken, the answer
// deletes nothing if the sign-in replaced the session. One limit stays: a user who signs out
// in one tab and in again in another, before the first answer has arrived, may have to
// sign in once more.
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

// Begun is the session that began in this request, if one did and the answer carries it.
func Begun(ctx context.Context) (session auth.Session, ok bool) {
	r := requestOf(ctx)
	if r.issue == nil || r.issue.Session.ID == r.result.Session.ID {
		return auth.Session{}, false
	}
	return r.issue.Session, true
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
