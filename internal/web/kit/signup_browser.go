package kit

import (
	"net/http"
	"strings"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// signUpAge is how long a browser is known to have signed somebody up: as long as it may
// take until they look into their mail.
const signUpAge = 7 * 24 * time.Hour

// SignedUp notes in the browser that its user has just chosen, or typed, the password of
// this account. Of an address that was taken the id is nobody's; the cookie looks the same.
func (k *Kit) SignedUp(w http.ResponseWriter, userID, email string) error {
	return k.signUps.Set(w, userID+" "+email)
}

// SignUp is the account that was signed up in this browser, and the address as it was
// typed; "" = none was.
func (k *Kit) SignUp(r *http.Request) (userID, email string) {
	userID, email, _ = strings.Cut(k.signUps.Get(r), " ")
	return userID, email
}

// Knows is the account whose password the user of this browser is known to know: the one
// that is signed in, or else the one that was signed up here; "" = none.
func (k *Kit) Knows(r *http.Request, userID string) string {
	if result := authhttp.FromContext(r.Context()); result.State == auth.StateOK && result.Session.User.ID == userID {
		return userID
	}
	signedUp, _ := k.SignUp(r)
	return signedUp
}

// Other is somebody else than this user who is signed in here, for pages that are about an
// account; "" = nobody.
func (k *Kit) Other(r *http.Request, userID string) string {
	result := authhttp.FromContext(r.Context())
	if result.State != auth.StateOK || result.Session.User.ID == userID {
		return ""
	}
	return result.Session.User.Email
}
