package web

import (
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

// session is what an open tab asks for.
type session struct{ *kit.Kit }

// poll tells a page who is signed in: null for nobody. Being asked is
// what renews the session of an open tab; ?active says that its user is there,
// where a poll alone is no activity (SESSION_POLL_KEEPS_ALIVE=false).
//
// Three headers say what Auth.js has no words for. Session-Ended: why a session
// is null. Session-Expires-In and Session-Ends-In: the seconds until it ends if
// unused, and in any case; unlike a date they do not depend on the reader's clock.
func (s session) poll(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead { // Auth.js knows GET and POST only
		return &kit.Error{Status: http.StatusBadRequest}
	}
	h := w.Header()
	kit.NoStore(h)
	result := authhttp.FromContext(r.Context())
	switch result.State {
	case auth.StateEnded:
		h.Set("Session-Ended", string(result.Reason))
	case auth.StateOK:
		h.Set("Session-Expires-In", s.SecondsUntil(result.Session.ExpiresAt))
		h.Set("Session-Ends-In", s.SecondsUntil(result.Session.AbsoluteExpiresAt))
	}
	return kit.WriteSession(w, result)
}
