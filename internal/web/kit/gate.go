package kit

import (
	"net/http"
	"net/url"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// RequireKnown answers 503 while it cannot be known whether the visitor is
// signed in. A signed-out page would be a guess, and a wrong one.
func (k *Kit) RequireKnown(next http.Handler) http.Handler {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if result := authhttp.FromContext(r.Context()); result.State == auth.StateUnavailable {
			return result.Err
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// RequireUser sends a guest to the sign-in page, with the way back and, if their
// session ended, why. A program gets a 401 instead. Before a user changes anything
// the database is asked whether the session still holds, and how much they have
// changed lately is counted.
func (k *Kit) RequireUser(next http.Handler) http.Handler {
	reads, writes := k.requireUser(next), k.RequireFresh(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isSafe(r.Method) {
			reads.ServeHTTP(w, r)
			return
		}
		writes.ServeHTTP(w, r)
	})
}

// RequireFresh is RequireUser for routes that ask the database even to be read.
func (k *Kit) RequireFresh(next http.Handler) http.Handler {
	return k.AskDatabase(k.requireUser(k.LimitWrites(next)))
}

// AskDatabase has the database say who asks, and answers 503 if it cannot.
func (k *Kit) AskDatabase(next http.Handler) http.Handler {
	return k.Edge.AskDatabase(k.RequireKnown(next))
}

func (k *Kit) requireUser(next http.Handler) http.Handler {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		result := authhttp.FromContext(r.Context())
		if result.State == auth.StateOK {
			next.ServeHTTP(w, r)
			return nil
		}
		if !wantsPage(r) {
			return k.unauthorized(w, r)
		}
		query := url.Values{}
		if r.Method == http.MethodGet { // a form's target is no place to come back to
			query.Set("callbackUrl", wanted(r))
		}
		if result.State == auth.StateEnded {
			query.Set("reason", string(ToldReason(result)))
		}
		return SeeOther(w, r, "/signin?"+query.Encode())
	})
}

// RedirectUser sends who is already signed in where signing in would have led,
// and reports whether it did.
func (k *Kit) RedirectUser(w http.ResponseWriter, r *http.Request) bool {
	if authhttp.FromContext(r.Context()).State != auth.StateOK {
		return false
	}
	SeeOther(w, r, k.Destination(r.FormValue("callbackUrl")))
	return true
}

// ToldReason is why the session of a cookie that is still here has ended, as
// its reader sees it. Signing out deletes the cookie, so whoever still sends it
// did that elsewhere, in another tab.
func ToldReason(ended auth.Result) auth.Reason {
	if ended.Reason == auth.ReasonSignedOut {
		return OtherTab
	}
	return ended.Reason
}

// OtherTab is what session.js says, too, when the cookie is gone and nobody told
// it why. No session ends for this reason: it ended as SignedOut, in a tab that
// the reader is not looking at.
const OtherTab auth.Reason = "tab"
