package web

import (
	"errors"
	"net/http"
	"strconv"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
)

func (s *site) signOutForm(w http.ResponseWriter, r *http.Request) error {
	if authhttp.FromContext(r.Context()).State != auth.StateOK {
		return seeOther(w, r, "/")
	}
	return s.render(w, r, http.StatusOK, views.SignOut(s.newPage(r)))
}

// signOut ends the session first and deletes the cookie second: whatever else
// happens to the answer, the session is over. It may be called any number of
// times. When the database cannot be asked it does what it can, which is to
// make this browser forget, and says that this is all it did.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.endThis(w, r); err != nil {
		s.Log.ErrorContext(r.Context(), "signed out in the browser only", "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(retryOutage))
		return s.render(w, r, http.StatusServiceUnavailable, views.SignedOutHere(s.guestPage(r)))
	}
	return seeOther(w, r, "/signin?reason="+string(auth.ReasonSignedOut))
}

// endThis ends the session of the request, if it has one, and has the browser
// forget it in any case. An error means that this is all that happened.
func (s *site) endThis(w http.ResponseWriter, r *http.Request) error {
	result := authhttp.FromContext(r.Context())
	err := result.Err
	if result.State == auth.StateOK {
		sel := auth.Selector{UserID: result.Session.User.ID, SessionID: result.Session.ID}
		_, err = s.Auth.End(r.Context(), sel, auth.ReasonSignedOut)
	}
	err = errors.Join(err, authhttp.ClearCookie(r.Context()))
	// What the browser keeps of the pages seen goes too (ASVS 14.3.1).
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return err
}

// guestPage is a page for who has just stopped being signed in.
func (s *site) guestPage(r *http.Request) views.Page {
	p := s.newPage(r)
	p.User = nil
	return p
}
