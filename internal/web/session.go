package web

import (
	"net/http"

	"latchkey/internal/auth"
)

// sessionJSON is the answer of GET /session in the words of Auth.js.
type sessionJSON struct {
	User    userJSON `json:"user"`
	Expires string   `json:"expires"`
}

type userJSON struct {
	Name  *string `json:"name"`
	Email string  `json:"email"`
	Image *string `json:"image"`
}

// isoMillis is the format of JavaScript's Date.toISOString.
const isoMillis = "2006-01-02T15:04:05.000Z"

// session tells a page who is signed in: null for nobody. Being asked is what
// renews the session of an open tab. A session that ended is null like any
// other; Session-Ended says why, for a page that wants to tell its user.
func (s *site) session(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache, no-store")
	h.Set("Expires", "0")
	h.Set("Pragma", "no-cache")
	h.Set("Vary", "Cookie")
	result := auth.FromContext(r.Context())
	if result.State == auth.Ended {
		h.Set("Session-Ended", string(result.Reason))
	}
	if result.State != auth.OK {
		return writeJSON(w, http.StatusOK, nil)
	}
	u := result.Session.User
	return writeJSON(w, http.StatusOK, sessionJSON{
		User:    userJSON{Name: orNull(u.Name), Email: u.Email, Image: orNull(u.Image)},
		Expires: result.Session.ExpiresAt.UTC().Format(isoMillis),
	})
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
