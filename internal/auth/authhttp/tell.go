package authhttp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

// TellOnce reports whether the page should say that the request's session has ended, and
// has the answer remember that it did. The dead cookie stays, see ClearCookie, so a cookie
// of its own says which ending the user has read; a late answer that sets it harms nothing.
func TellOnce(ctx context.Context) bool {
	r := requestOf(ctx)
	if r.result.State != auth.StateEnded || r.edge.toldOf(r.in) == endingOf(r.value) {
		return false
	}
	r.tell = true
	return true
}

// endingOf stands for the ending of the session in a cookie. It is no key to anything.
func endingOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// told is the cookie that remembers, until the browser closes. Its name follows the session
// cookie's, and does not begin with it; see auth.CompanionName.
func (e *Edge) told() authjs.Cookie {
	name := strings.TrimPrefix(auth.CompanionName(e.Cookie.Name), "__Host-")
	return authjs.Cookie{Name: name + ".told", Secure: e.Cookie.Secure}
}

// toldOf is the ending that this browser's user has read; "" = none.
func (e *Edge) toldOf(r *http.Request) string {
	cookie, err := r.Cookie(e.told().Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
