package auth

import "time"

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
}
