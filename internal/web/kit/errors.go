package kit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/ratelimit"
	"latchkey/internal/views"
)

// Error is an answer other than the page asked for. A handler returns one where
// it knows better than StatusOf what HTTP says.
type Error struct {
	Status     int
	Err        error      // for the log; nil = nothing to add
	RetryAfter int        // seconds; 0 = not said
	Title      string     // for the page; "" = the usual one of the status
	Text       string     // likewise
	Next       views.Link // the page's main button; zero = the usual one
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %v", e.Status, e.Err) }

// Unwrap returns what went wrong.
func (e *Error) Unwrap() error { return e.Err }

// Handle makes a handler of a function that returns errors, so that one place
// turns them into a status, a page and a log line. A function that neither answers
// nor returns an error is a bug, and a 500: the browser would show an empty page.
func (k *Kit) Handle(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := f(w, r)
		if err == nil && exchangeOf(r.Context()) != nil && !hasBegun(r.Context()) {
			err = errNoAnswer
		}
		if err != nil {
			k.fail(w, r, err)
		}
	}
}

// gate is a step in front of handlers that lets a request pass or fails it.
func (k *Kit) gate(next http.Handler, check func(*http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(r); err != nil {
			k.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errNoAnswer = errors.New("the handler ended without an answer")

// fail answers with the page for an error. Users see fixed words; what
// happened is in the log, under the request id that the page shows. An answer that
// has begun is broken off: half a page with an error page behind it is neither.
func (k *Kit) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := StatusOf(err)
	if e.Status >= 500 {
		k.Log.ErrorContext(r.Context(), "request failed", "status", e.Status, "error", e.Err)
	}
	k.recordRefusal(r, e)
	if hasBegun(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	for _, name := range []string{"Content-Encoding", "Content-Length", "Content-Disposition", "Etag", "Last-Modified", "Location"} {
		h.Del(name) // of the answer that this one replaces
	}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	switch {
	case strings.HasPrefix(r.URL.Path, k.AuthPath+"/"):
		failJSON(w, r.URL.Path == k.AuthPath+"/session", e.Status)
	case wantsPage(r):
		k.errorPage(w, r, e)
	default:
		writeProblem(w, r, e)
	}
}

// errorPage depends on nothing that may have failed: not on the request's time,
// which may be over, and if need be not on the page.
func (k *Kit) errorPage(w http.ResponseWriter, r *http.Request, e *Error) {
	r = r.WithContext(context.WithoutCancel(r.Context()))
	if err := k.renderError(w, r, e); err != nil {
		k.Log.ErrorContext(r.Context(), "the error page failed", "error", err)
		Private(w.Header())
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(e.Status)
		fmt.Fprintf(w, "%d %s\nRequest %s\n", e.Status, http.StatusText(e.Status), RequestID(r.Context()))
	}
}

func (k *Kit) renderError(w http.ResponseWriter, r *http.Request, e *Error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	m := views.ErrorPageModel{Status: e.Status, Title: e.Title, Text: e.Text, RetryAfter: e.RetryAfter, Next: e.Next}
	if e.Status >= 500 || e.Status == http.StatusForbidden || e.Status == http.StatusTooManyRequests || refusedStatus(r.Context()) != 0 {
		m.RequestID = RequestID(r.Context()) // what a user may ask the operator about
	}
	if e.RetryAfter > 0 && r.Method == http.MethodGet { // a form must be sent, not opened
		m.Again, _ = k.LocalPath(r.URL.RequestURI())
	}
	p := k.Page(r)
	// Refused before the session was looked at, or failed outside of where it is
	// known: to call the reader a guest would be a guess.
	p.Unknown = p.Unknown || e.Status == http.StatusForbidden || refusedStatus(r.Context()) != 0 || e.Status >= 500 && p.User == nil
	return k.Render(w, r, e.Status, views.ErrorPage(p, m))
}

// failJSON is for clients of Auth.js. The stock one keeps the session it has
// when an answer to its poll is not a success and null; anything else in the
// body it takes for "signed out", and asks no more.
func failJSON(w http.ResponseWriter, session bool, status int) {
	if session && (status >= 500 || status == http.StatusTooManyRequests) {
		WriteJSON(w, status, nil)
		return
	}
	WriteJSON(w, status, map[string]string{"message": http.StatusText(status)})
}

// How long a browser should wait before it tries again.
const (
	RetryOutage = 5  // seconds: a database that restarts is back by then
	RetryBusy   = 3  // seconds: a burst of sign-ins is over by then
	retryWatch  = 60 // seconds: polling does meanwhile
)

// StatusOf maps what services return to what HTTP says.
func StatusOf(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Error{Status: http.StatusRequestEntityTooLarge, Err: err}
	}
	if e, ok := errors.AsType[*ratelimit.Error](err); ok {
		return tooMany(e)
	}
	switch {
	case errors.Is(err, auth.ErrTooLarge):
		return &Error{Status: http.StatusInternalServerError, Err: err, Title: "Your account is too large",
			Text: "It holds more data than a sign-in can carry in cookies. The operator of this site has to make it smaller."}
	case errors.Is(err, auth.ErrTooManyWatches):
		return &Error{Status: http.StatusTooManyRequests, Err: err, RetryAfter: retryWatch}
	case errors.Is(err, accounts.ErrBusy):
		return &Error{Status: http.StatusServiceUnavailable, Err: err, RetryAfter: RetryBusy}
	case isOutage(err):
		return &Error{Status: http.StatusServiceUnavailable, Err: err, RetryAfter: RetryOutage}
	case errors.Is(err, auth.ErrNotFound), errors.Is(err, sql.ErrNoRows):
		return &Error{Status: http.StatusNotFound, Err: err}
	}
	return &Error{Status: http.StatusInternalServerError, Err: err}
}

// tooMany says when there may be another try.
func tooMany(e *ratelimit.Error) *Error {
	wait, when := RetryAfter(e.Wait), "in a moment"
	if minutes := (wait + 59) / 60; minutes > 1 {
		when = "in " + strconv.Itoa(minutes) + " minutes"
	} else if wait > 5 {
		when = "in a minute"
	}
	return &Error{Status: http.StatusTooManyRequests, RetryAfter: wait, Title: "Too many attempts", Text: "Try again " + when + "."}
}

// RetryAfter is a wait in whole seconds, as the header of that name has it.
func RetryAfter(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

func notFound(http.ResponseWriter, *http.Request) error {
	return &Error{Status: http.StatusNotFound}
}

// methodNotAllowed names the methods that the path does have (RFC 9110
// §15.5.6).
func (k *Kit) methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
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
		return &Error{Status: http.StatusMethodNotAllowed}
	})
}
