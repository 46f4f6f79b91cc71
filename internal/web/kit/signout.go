package kit

import (
	"errors"
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// EndSession ends the session of the request, if it has one, and has the browser
// forget it in any case. An error means that this is all that happened.
func (k *Kit) EndSession(w http.ResponseWriter, r *http.Request) error {
	result := authhttp.FromContext(r.Context())
	err := result.Err
	if result.State == auth.StateOK {
		sel := auth.Selector{UserID: result.Session.User.ID, SessionID: result.Session.ID}
		_, err = k.Auth.End(r.Context(), sel, auth.ReasonSignedOut)
	}
	err = errors.Join(err, authhttp.ClearCookie(r.Context()))
	// What the browser keeps of the pages seen goes too (ASVS 14.3.1).
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return err
}
