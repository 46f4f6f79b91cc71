package web

import (
	"net/http"
	"strconv"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// signOut is how users leave.
type signOut struct{ *kit.Kit }

func (s signOut) form(w http.ResponseWriter, r *http.Request) error {
	if authhttp.FromContext(r.Context()).State != auth.StateOK {
		return kit.SeeOther(w, r, "/")
	}
	return s.Render(w, r, http.StatusOK, views.SignOut(s.Page(r)))
}

// endedHere leads a user to the sign-in page who has ended their own session, which
// says so once.
func endedHere(k *kit.Kit, w http.ResponseWriter, r *http.Request, reason auth.Reason) error {
	if err := k.Flash(w, endedNotices[reason]); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/signin?reason="+string(reason))
}

// submit ends the session first and deletes the cookie second: whatever else
// happens to the answer, the session is over. It may be called any number of
// times. When the database cannot be asked it does what it can, which is to
// make this browser forget, and says that this is all it did.
//
// It sends no Clear-Site-Data: pages are no-store, so the browser's cache holds
// none of them, and with 20,000 other files in it the header took two seconds.
func (s signOut) submit(w http.ResponseWriter, r *http.Request) error {
	if err := authhttp.SignOut(r.Context()); err != nil {
		s.Log.ErrorContext(r.Context(), "signed out in the browser only", "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(kit.RetryOutage))
		return s.Render(w, r, http.StatusServiceUnavailable, views.SignedOutHere(s.GuestPage(r)))
	}
	return endedHere(s.Kit, w, r, auth.ReasonSignedOut)
}
