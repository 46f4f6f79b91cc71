package authhttp

import (
	"context"
	"log/slog"
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

// Edge puts sessions into requests and answers.
type Edge struct {
	Sessions       *auth.Service
	Cookie         authjs.Cookie // the session cookie
	PollKeepsAlive bool          // a Poll counts as activity; false = the idle timeout works under polling (ASVS 7.3.1)
	Log            *slog.Logger  // never nil
}

// Middleware authenticates requests of the kind that the route serves;
// FromContext has the result. It turns nobody away: what a guest may see is for
// the routes to say.
func (e *Edge) Middleware(kind Kind) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			req := &request{edge: e}
			ctx := context.WithValue(r.Context(), requestKey{}, req)
			touch := e.touch(kind, r)
			req.value, req.result = e.authenticateAny(ctx, e.Cookie.Candidates(r), auth.Mode{Renew: touch.renews})
			switch {
			case req.result.Cookie != "":
				req.issue = &auth.Issued{Session: req.result.Session, Cookie: req.result.Cookie}
			case touch.deletes(req.result) && e.Cookie.Present(r):
				req.clear = true
			}
			writer := &cookieWriter{ResponseWriter: w, request: req}
			next.ServeHTTP(writer, r.WithContext(ctx))
			if !writer.wrote {
				writer.WriteHeader(http.StatusOK)
			}
		})
	}
}

// AskDatabase has the database asked, whatever is remembered: for routes where
// a few milliseconds of propagation are too many. It goes inside Middleware.
func (e *Edge) AskDatabase(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if req := requestOf(r.Context()); req.result.State == auth.StateOK {
			req.result = e.Sessions.Authenticate(r.Context(), req.value, auth.Mode{AskDatabase: true})
			if pageTouch.deletes(req.result) { // or the sign-in page would go on believing the cookie
				req.issue, req.clear = nil, true
			}
		}
		next.ServeHTTP(w, r)
	})
}

// authenticateAny tries the values that the cookie could have, best first. A
// stray chunk of an older cookie must not hide a good one.
func (e *Edge) authenticateAny(ctx context.Context, values []string, mode auth.Mode) (string, auth.Result) {
	value, result := "", auth.Result{State: auth.StateNone}
	for _, v := range values {
		r := e.Sessions.Authenticate(ctx, v, mode)
		if r.State == auth.StateOK || r.State == auth.StateUnavailable {
			return v, r
		}
		if result.State == auth.StateNone && result.Err == nil {
			value, result = v, r
		}
	}
	return value, result
}
