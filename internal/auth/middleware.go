package auth

import (
	"context"
	"net/http"
	"strings"
)

// Middleware authenticates the request; FromContext has the result. It turns
// nobody away: what a guest may see is for the routes to say.
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{service: s}
		ctx := context.WithValue(r.Context(), requestKey{}, req)
		mayWrite, mode := s.mode(r)
		req.value, req.result = s.authenticateAny(ctx, s.cfg.Cookie.Candidates(r), mode)
		switch {
		case req.result.Cookie != "":
			SetCookie(ctx, Issued{req.result.Session, req.result.Cookie})
		case mayWrite && req.result.dead() && s.cfg.Cookie.Present(r):
			ClearCookie(ctx)
		}
		writer := &cookieWriter{ResponseWriter: w, request: req}
		next.ServeHTTP(writer, r.WithContext(ctx))
		if !writer.wrote {
			writer.WriteHeader(http.StatusOK)
		}
	})
}

// RequireFresh has the database asked, whatever is remembered: for routes
// where a few milliseconds of propagation are too many. It goes inside
// Middleware.
func (s *Service) RequireFresh(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if req := fromContext(r.Context()); req.result.State == OK && req.result.Cookie == "" {
			req.result = s.Authenticate(r.Context(), req.value, Mode{Fresh: true})
		}
		next.ServeHTTP(w, r)
	})
}

// authenticateAny tries the values that the cookie could have, best first. A
// stray chunk of an older cookie must not hide a good one.
func (s *Service) authenticateAny(ctx context.Context, values []string, mode Mode) (string, Result) {
	value, result := "", Result{State: None}
	for _, v := range values {
		r := s.Authenticate(ctx, v, mode)
		if r.State == OK || r.State == Unavailable {
			return v, r
		}
		if result.State == None {
			value, result = v, r
		}
	}
	return value, result
}

// dead reports whether the cookie is good for nothing any more. The cookie of
// a replaced session is left alone: its successor has been set by the login
// that replaced it, and a late answer must not delete that one.
func (r Result) dead() bool {
	return r.State == None || r.State == Ended && r.Reason != Replaced
}

// mode says what the request may do: only top-level navigations and the
// session endpoints touch the cookie, so that the many parallel requests of a
// page do not overwrite each other's.
func (s *Service) mode(r *http.Request) (mayWrite bool, mode Mode) {
	if rest, ok := strings.CutPrefix(r.URL.Path, s.cfg.AuthPath+"/"); ok {
		return true, Mode{Renew: s.cfg.PollKeepsAlive || rest != "session"}
	}
	navigates := isNavigation(r)
	return navigates, Mode{Renew: navigates}
}

// isNavigation reports whether the user went to this page. Browsers that do not
// send fetch metadata, and those on plain http, are taken at their GET.
func isNavigation(r *http.Request) bool {
	if strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		return false
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return r.Method == http.MethodGet
}
