package web

import (
	"net/http"
	"net/url"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// requireKnown answers 503 while it cannot be known whether the visitor is
// signed in. A signed-out page would be a guess, and a wrong one.
func (s *site) requireKnown(next http.Handler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		if result := authhttp.FromContext(r.Context()); result.State == auth.StateUnavailable {
			return result.Err
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// requireUser sends a guest to the sign-in page, with the way back and, if his
// session ended, why.
func (s *site) requireUser(next http.Handler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		result := authhttp.FromContext(r.Context())
		if result.State == auth.StateOK {
			next.ServeHTTP(w, r)
			return nil
		}
		query := url.Values{}
		if r.Method == http.MethodGet { // a form's target is no place to come back to
			query.Set("callbackUrl", r.URL.RequestURI())
		}
		if result.State == auth.StateEnded {
			query.Set("reason", string(toldReason(result)))
		}
		return seeOther(w, r, "/signin?"+query.Encode())
	})
}

// redirectUser sends who is already signed in where signing in would have led,
// and reports whether it did.
func (s *site) redirectUser(w http.ResponseWriter, r *http.Request) bool {
	if authhttp.FromContext(r.Context()).State != auth.StateOK {
		return false
	}
	seeOther(w, r, s.destination(r.FormValue("callbackUrl")))
	return true
}
