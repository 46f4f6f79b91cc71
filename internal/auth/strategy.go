package auth

import "time"

// Strategy is what the cookie carries and what that says by itself. It is the
// only thing the two kinds of session do differently; the row, the limit,
// renewal and revocation are the Service's and the same for both.
type Strategy interface {
	// Name is the value of SESSION_STRATEGY.
	Name() string

	// NewToken returns the opaque token whose hash the row will keep, or "" when
	// the strategy needs none. sessionID is the session whose cookie of the other
	// kind it replaces, "" at login.
	NewToken(sessionID string) (string, error)

	// Encode returns the cookie's value for a session that was just validated.
	Encode(s Session, token string) (string, error)

	// Decode reads a cookie's value. ErrNotFound means that it is no session's.
	Decode(value string, now time.Time) (Decoded, error)
}

// Decoded is what a cookie says before the database is asked.
type Decoded struct {
	Key     Key       // where the row is
	Session Session   // what the cookie says of it; ValidatedAt zero = only the database knows
	From    time.Time // before this it is not to be believed; zero = always
	Until   time.Time // from this moment on likewise; zero = it has no end of its own
	UserID  string    // whose session it says it is; "" = it does not say
	Foreign bool      // made by the strategy that is not in force: the cookie is to be replaced
}

// believable reports whether a cookie that was opened once would open now.
func (d *Decoded) believable(now time.Time) bool {
	return !now.Before(d.From) && (d.Until.IsZero() || now.Before(d.Until))
}
