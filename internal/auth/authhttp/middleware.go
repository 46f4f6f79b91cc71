package authhttp

import (
	"context"
	"log/slog"
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
	"latchkey/internal/httpwriter"
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
//
// A cookie that is good for nothing stays where it is, see ClearCookie.
func (e *Edge) Middleware(kind Kind) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			req := &request{edge: e, in: r, ResponseWriter: w}
			ctx := context.WithValue(r.Context(), requestKey{}, req)
			req.authenticate(ctx, auth.Mode{Renew: e.renews(kind, r)})
			if req.result.Cookie != "" {
				req.issue = &auth.Issued{Session: req.result.Session, Cookie: req.result.Cookie}
			}
			out := httpwriter.Wrap(w, req)
			next.ServeHTTP(out, r.WithContext(ctx))
			if !req.sent {
				out.WriteHeader(http.StatusOK)
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
		}
		next.ServeHTTP(w, r)
	})
}
