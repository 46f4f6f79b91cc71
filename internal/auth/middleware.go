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
		touches, mode := s.mode(r)
		req.value, req.result = s.authenticateAny(ctx, s.cfg.Cookie.Candidates(r), mode)
		switch {
		case req.result.Cookie != "":
			SetCookie(ctx, Issued{req.result.Session, req.result.Cookie})
		case touches.deletes(req.result) && s.cfg.Cookie.Present(r):
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
		if req := fromContext(r.Context()); req.result.State == OK {
			req.result = s.Authenticate(r.Context(), req.value, Mode{Fresh: true})
			if navigation.deletes(req.result) { // or the sign-in page would go on believing the cookie
				ClearCookie(r.Context())
			}
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
		if result.State == None && result.Err == nil {
			value, result = v, r
		}
	}
	return value, result
}

// touch is what kind of request it is, as far as the cookie is concerned.
type touch int

const (
	nothing    touch = iota // an image, a script's request: leaves the cookie alone
	poll                    // of the session endpoint
	navigation              // to a page, or a call of another endpoint
)

// deletes reports whether the answer deletes the cookie, which is good for
// nothing any more. An answer may be late and come after that of a sign-in in
// another tab, whose new cookie it must not delete. So the cookie of an ended
// session is left to the next page that is opened, and that of a replaced one
// to its successor.
func (t touch) deletes(r Result) bool {
	switch r.State {
	case None:
		return t != nothing && r.Err == nil
	case Ended:
		return t == navigation && r.Reason != Replaced
	}
	return false
}

// mode says what the request may do: only top-level navigations and the
// session endpoints touch the cookie, so that the many parallel requests of a
// page do not overwrite each other's.
func (s *Service) mode(r *http.Request) (touch, Mode) {
	rest, endpoint := strings.CutPrefix(r.URL.Path, s.cfg.AuthPath+"/")
	switch {
	case endpoint && isElsewhere(r):
		return nothing, Mode{}
	case endpoint && rest == "session": // ?active: the user said that he is here
		return poll, Mode{Renew: s.cfg.PollKeepsAlive || r.URL.Query().Has("active")}
	case endpoint && rest == "events": // opened by the page, not by the user
		return nothing, Mode{}
	case endpoint, isNavigation(r):
		return navigation, Mode{Renew: true}
	}
	return nothing, Mode{}
}

// isElsewhere reports whether a page of another origin has made the request
// behind its user's back: an image of a sibling host, to which SameSite cookies
// go, is no activity of his.
func isElsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return (site == "same-site" || site == "cross-site") && !isNavigation(r)
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
