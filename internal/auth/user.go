package auth

import (
	"encoding/base64"
	"time"
)

// User is an account, as far as a session shows it. Its password hash never
// leaves the stores and package accounts, so that no page, token or log line
// can carry it by accident.
type User struct {
	ID              string    // 128 random bits as text; never empty
	Email           string    // canonical (see accounts.CanonicalEmail) and unique
	Name            string    // "" = never told
	Image           string    // address of a picture; "" = none
	Profile         Profile   // what your project adds; see profile.go
	EmailVerifiedAt time.Time // zero = not verified
	DisabledAt      time.Time // zero = may sign in
	MaxSessions     *int      // nil = the site's limit; 0 = no limit
	CreatedAt       time.Time
	UpdatedAt       time.Time // last change of what a session shows of its user

	// Credential is CredentialOf the user's password hash, for the plan of
	// Store.Begin alone. "" = there is none, or the user was read otherwise.
	Credential string
}

// CredentialOf is a fingerprint of what a user proves themselves with: it tells
// whether that has changed, and nothing else. "" for no password hash.
func CredentialOf(passwordHash string) string {
	if passwordHash == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(hashToken(passwordHash)[:16])
}
