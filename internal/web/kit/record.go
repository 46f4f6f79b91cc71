package kit

import (
	"errors"
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// record takes note of a security event that a request is about, with who asks, as far as
// that is known yet.
func (k *Kit) record(r *http.Request, event string, details ...any) {
	if k.Auth == nil { // in a test of the kit alone
		return
	}
	session := authhttp.FromContext(r.Context()).Session
	k.Auth.Record(r.Context(), auth.Event{Name: event, UserID: session.User.ID, SessionID: session.ID, Details: details})
}

// recordRefusal takes note of an answer that refuses what somebody may not do, whichever
// page or part it comes from. One from another origin has been noted as such.
func (k *Kit) recordRefusal(r *http.Request, e *Error) {
	if e.Status == http.StatusForbidden && !errors.Is(e.Err, errOrigin) {
		k.record(r, auth.EventAuthzFail, "resource", routeOf(r))
	}
}
