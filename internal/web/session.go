package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// sessionJSON is the answer of the session endpoint in the words of Auth.js.
type sessionJSON struct {
	User    userJSON `json:"user"`
	Expires string   `json:"expires"`
}

// userJSON has the project's own fields beside those of Auth.js.
type userJSON struct {
	Name  *string `json:"name"`
	Email string  `json:"email"`
	Image *string `json:"image"`
	auth.Profile
}

// isoMillis is the format of JavaScript's Date.toISOString.
const isoMillis = "2006-01-02T15:04:05.000Z"

// authSession tells a page who is signed in: null for nobody. Being asked is
// what renews the session of an open tab; ?active says that its user is there,
// where a poll alone is no activity (SESSION_POLL_KEEPS_ALIVE=false).
//
// Three headers say what Auth.js has no words for. Session-Ended: why a session
// is null. Session-Expires-In and Session-Ends-In: the seconds until it ends if
// unused, and in any case; unlike a date they do not depend on the reader's clock.
func (s *site) authSession(a *action) error {
	h := a.w.Header()
	noStore(h)
	result := authhttp.FromContext(a.r.Context())
	switch result.State {
	case auth.StateEnded:
		h.Set("Session-Ended", string(result.Reason))
	case auth.StateOK:
		h.Set("Session-Expires-In", s.secondsUntil(result.Session.ExpiresAt))
		h.Set("Session-Ends-In", s.secondsUntil(result.Session.AbsoluteExpiresAt))
	}
	return writeSession(a.w, result)
}

// secondsUntil is a time as session.js reads it.
func (s *site) secondsUntil(t time.Time) string {
	return strconv.FormatFloat(t.Sub(s.Auth.Now()).Seconds(), 'f', 3, 64)
}

// authUpdate changes what users may change of their own account. The data is
// the browser's word, so it is a list of allowed fields and not what Auth.js
// makes of it, whatever the application's callback lets through. Every session
// of the user shows the change from its next request on. What is refused is 400
// with an object: the stock client's update does not survive a null there.
func (s *site) authUpdate(a *action) error {
	if err := a.checkCSRF(); err != nil {
		return writeJSON(a.w, http.StatusBadRequest, nil)
	}
	ctx := a.r.Context()
	result := authhttp.FromContext(ctx)
	if result.State == auth.StateOK {
		edit, ok := readEdit(a.data)
		if !ok {
			return &httpError{status: http.StatusBadRequest}
		}
		err := s.Accounts.EditUser(ctx, result.Session.User.ID, edit)
		if _, invalid := errors.AsType[accounts.Invalid](err); invalid {
			return &httpError{status: http.StatusBadRequest}
		}
		if err != nil {
			return err
		}
		if result = authhttp.Refresh(ctx); result.State == auth.StateUnavailable {
			return result.Err
		}
	}
	private(a.w.Header())
	return writeSession(a.w, result)
}

// readEdit takes name and image, at the top or under "user", as text or null.
// ok is false when one of them is something else.
func readEdit(data map[string]any) (edit accounts.Edit, ok bool) {
	fields := data
	if user, nested := data["user"].(map[string]any); nested {
		fields = user
	}
	edit.Name, ok = optionalText(fields, "name")
	if !ok {
		return edit, false
	}
	edit.Image, ok = optionalText(fields, "image")
	return edit, ok
}

func optionalText(fields map[string]any, name string) (text *string, ok bool) {
	v, there := fields[name]
	if !there {
		return nil, true
	}
	if v == nil {
		return new(""), true
	}
	s, ok := v.(string)
	return &s, ok
}

func writeSession(w http.ResponseWriter, result auth.Result) error {
	if result.State != auth.StateOK {
		return writeJSON(w, http.StatusOK, nil)
	}
	u := result.Session.User
	return writeJSON(w, http.StatusOK, sessionJSON{
		User:    userJSON{orNull(u.Name), u.Email, orNull(u.Image), u.Profile},
		Expires: result.Session.ExpiresAt.UTC().Format(isoMillis),
	})
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
