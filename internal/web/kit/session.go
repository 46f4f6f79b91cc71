package kit

import (
	"net/http"
	"strconv"
	"time"

	"latchkey/internal/auth"
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

// WriteSession answers with a session as clients of Auth.js and session.js read
// it: null where there is none.
func WriteSession(w http.ResponseWriter, result auth.Result) error {
	if result.State != auth.StateOK {
		return WriteJSON(w, http.StatusOK, nil)
	}
	u := result.Session.User
	return WriteJSON(w, http.StatusOK, sessionJSON{
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

// SecondsUntil is a time as session.js reads it.
func (k *Kit) SecondsUntil(t time.Time) string {
	return strconv.FormatFloat(t.Sub(k.Auth.Now()).Seconds(), 'f', 3, 64)
}
