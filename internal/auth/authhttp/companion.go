package authhttp

import (
	"net/http"
	"slices"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

// companion is the cookie beside the session cookie, see auth.CompanionName. It is written
// and cleared with every session cookie, and only on https: elsewhere browsers refuse it.
func (e *Edge) companion() (cookie authjs.Cookie, used bool) {
	return authjs.Cookie{Name: auth.CompanionName(e.Cookie.Name), Secure: true}, e.Cookie.Secure
}

// accompanies reports whether the request's companion cookie names the session of a result.
func (e *Edge) accompanies(r *http.Request, result auth.Result) bool {
	sessionID := result.EndedID
	if result.State == auth.StateOK {
		sessionID = result.Session.ID
	}
	companion, used := e.companion()
	return used && slices.ContainsFunc(r.CookiesNamed(companion.Name), func(c *http.Cookie) bool {
		return e.Sessions.IsCompanion(c.Value, sessionID)
	})
}
