package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/views"
)

// httpError is an answer other than the page asked for.
type httpError struct {
	status     int
	err        error  // for the log; nil = nothing to add
	retryAfter int    // seconds; 0 = not said
	title      string // for the page; "" = the usual one of the status
	text       string // likewise
}

func (e *httpError) Error() string { return fmt.Sprintf("%d: %v", e.status, e.err) }
func (e *httpError) Unwrap() error { return e.err }

// page makes a handler of a function that returns errors, so that one place
// turns them into a status, a page and a log line.
func (s *site) page(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// fail answers with the page for an error. Users see fixed words; what
// happened is in the log, under the request id that the page shows.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := statusOf(err)
	if e.status >= 500 {
		s.Log.ErrorContext(r.Context(), "request failed", "status", e.status, "error", e.err)
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	if strings.HasPrefix(r.URL.Path, s.AuthPath+"/") {
		failJSON(w, r.URL.Path == s.AuthPath+"/session", e.status)
		return
	}
	m := views.ErrorPageModel{Status: e.status, Title: e.title, Text: e.text, RetryAfter: e.retryAfter}
	if e.status >= 500 {
		m.RequestID = idOf(r.Context())
	}
	if e.retryAfter > 0 && r.Method == http.MethodGet { // a form must be sent, not opened
		m.Again, _ = s.localPath(r.URL.RequestURI())
	}
	p := s.newPage(r)
	// Refused before the session was looked at, or failed outside of where it is
	// known: to call the reader a guest would be a guess.
	p.Unknown = p.Unknown || e.status == http.StatusForbidden || e.status >= 500 && p.User == nil
	s.render(w, r, e.status, views.ErrorPage(p, m))
}

// failJSON is for clients of Auth.js. The stock one keeps the session it has
// when an answer to its poll is not a success and null; anything else in the
// body it takes for "signed out", and asks no more.
func failJSON(w http.ResponseWriter, session bool, status int) {
	if session && status >= 500 {
		writeJSON(w, status, nil)
		return
	}
	writeJSON(w, status, map[string]string{"message": http.StatusText(status)})
}

const (
	retryOutage = 5  // seconds: a database that restarts is back by then
	retryBusy   = 3  // seconds: a burst of sign-ins is over by then
	retryWatch  = 60 // seconds: polling does meanwhile
)

// statusOf maps what services return to what HTTP says.
func statusOf(err error) *httpError {
	if e, ok := errors.AsType[*httpError](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &httpError{status: http.StatusRequestEntityTooLarge, err: err}
	}
	switch {
	case errors.Is(err, auth.ErrTooLarge):
		return &httpError{status: http.StatusInternalServerError, err: err, title: "Your account is too large",
			text: "It holds more data than a sign-in can carry in cookies. The operator of this site has to make it smaller."}
	case errors.Is(err, auth.ErrTooManyWatches):
		return &httpError{status: http.StatusTooManyRequests, err: err, retryAfter: retryWatch}
	case errors.Is(err, accounts.ErrBusy):
		return &httpError{status: http.StatusServiceUnavailable, err: err, retryAfter: retryBusy}
	case errors.Is(err, auth.ErrUnavailable):
		return &httpError{status: http.StatusServiceUnavailable, err: err, retryAfter: retryOutage}
	}
	return &httpError{status: http.StatusInternalServerError, err: err}
}

func notFound(http.ResponseWriter, *http.Request) error {
	return &httpError{status: http.StatusNotFound}
}

// methodNotAllowed names the methods that the path does have (RFC 9110
// §15.5.6).
func (s *site) methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		var allow []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			lookup := method
			if method == http.MethodHead { // served by the GET handler
				lookup = http.MethodGet
			}
			if routes.Match(chi.NewRouteContext(), lookup, r.URL.Path) {
				allow = append(allow, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		return &httpError{status: http.StatusMethodNotAllowed}
	})
}
