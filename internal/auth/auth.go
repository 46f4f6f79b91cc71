package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"latchkey/internal/authjs"
)

// User is an account. Its password hash never leaves the store and the
// service, so that no page, token or log line can carry it by accident.
type User struct {
	ID              string    // 128 random bits as text; never empty
	Email           string    // canonical (see CanonicalEmail) and unique
	Name            string    // "" = never told
	Image           string    // address of a picture; "" = none
	Profile         Profile   // what your project adds; see profile.go
	EmailVerifiedAt time.Time // zero = not verified
	DisabledAt      time.Time // zero = may sign in
	MaxSessions     *int      // nil = the site's limit; 0 = no limit
	CreatedAt       time.Time
	UpdatedAt       time.Time // last change of what a session shows of its user
}

// Session is one login of one user in one browser. Whatever the strategy, it
// is one row in the database.
type Session struct {
	ID                string    // 128 random bits as text: the public "sid", no secret
	User              User      // zero once the account is deleted
	TokenHash         []byte    // SHA-256 of the opaque token; nil = the cookie has always been a JWT
	CreatedAt         time.Time // zero when read from a JWT, which does not carry it
	AuthenticatedAt   time.Time // when the user last proved who they are (OIDC auth_time)
	LastSeenAt        time.Time // when it was last renewed
	ExpiresAt         time.Time // slides with every renewal, never past AbsoluteExpiresAt
	AbsoluteExpiresAt time.Time // no activity moves it (ASVS 7.3.2)
	EndedAt           time.Time // zero = not ended
	EndReason         Reason    // "" = not ended
	IP                string    // at login; "" = unknown
	UserAgent         string    // at login; "" = not sent

	// ValidatedAt is when the database last vouched for this session. It is
	// not stored: a JWT carries it, the process remembers it. Zero = never.
	ValidatedAt time.Time
	// Extra holds the claims of a JWT that are not ours. They survive every
	// re-issue. Nil = none, and always nil for an opaque token.
	Extra map[string]json.RawMessage
}

// live reports whether the row may still be used at now.
func (s Session) live(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.ExpiresAt) && now.Before(s.AbsoluteExpiresAt)
}

// Reason says why a session ended. It is stored with the row, which stays as
// a tombstone for a day so that a late request can be told.
type Reason string

const (
	SignedOut  Reason = "signout"    // the user, in this browser
	Device     Reason = "device"     // the user, from the list of devices on another one
	Limit      Reason = "limit"      // evicted by a login elsewhere
	Everywhere Reason = "everywhere" // "sign out everywhere" or "sign out the others"
	Password   Reason = "password"   // the password was changed
	Admin      Reason = "admin"      // the account was disabled
	Reuse      Reason = "reuse"      // a rotated credential was presented again
	Replaced   Reason = "replaced"   // the same browser signed in again
	Deleted    Reason = "deleted"    // the account was deleted
	Expired    Reason = "expired"    // idle or absolute lifetime over; stored only when a later login finds it
)

// Policy says what a login does when the user's sessions are at the limit.
type Policy string

const (
	Evict Policy = "evict" // end the oldest sessions to make room
	Deny  Policy = "deny"  // refuse the login with ErrSessionLimit
)

// Client is what a login knows of the browser it comes from. Both fields are
// shown to the user in the list of devices and trusted for nothing.
type Client struct {
	IP        string // "" = unknown
	UserAgent string // "" = not sent
}

// What can go wrong, to be told apart with errors.Is.
var (
	// ErrNotFound is a Store's answer when no row matches.
	ErrNotFound = errors.New("not found")
	// ErrEmailTaken is returned by Register when the address has an account.
	ErrEmailTaken = errors.New("an account with this email address exists")
	// ErrCredentials is returned by Login for an unknown address, a wrong
	// password and a disabled account alike (ASVS 6.3.8).
	ErrCredentials = errors.New("wrong email address or password")
	// ErrSessionLimit is returned by Login under the deny policy; errors.AsType
	// with *LimitError tells which sessions are in the way.
	ErrSessionLimit = errors.New("session limit reached")
	// ErrProof is returned by Continue when the proof is forged, older than
	// two minutes, or has been used.
	ErrProof = errors.New("the confirmation is no longer valid")
	// ErrBusy means that password hashing is saturated: try again shortly.
	ErrBusy = errors.New("too many sign-ins at this moment")
	// ErrTooLarge means that the claims of a session do not fit its cookies:
	// too much in the user's Profile.
	ErrTooLarge = authjs.ErrTooLarge
	// ErrUnavailable means that the database could not be asked, so nothing is
	// known and nobody is let in.
	ErrUnavailable = errors.New("the database cannot be used")
)

// Invalid reports what is wrong with a form: field name to fixed text.
type Invalid map[string]string

func (e Invalid) Error() string { return fmt.Sprintf("invalid input: %v", map[string]string(e)) }

// LimitError is ErrSessionLimit with what the user needs to decide.
type LimitError struct {
	Live  []Session // the sessions in the way, newest first
	Limit int       // how many are allowed
	Proof string    // hand it to Continue to sign these out and go on
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%v: %d of %d", ErrSessionLimit, len(e.Live), e.Limit)
}

// Is makes errors.Is(err, ErrSessionLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrSessionLimit }

// storeError passes on what a caller can act on and calls everything else an
// outage: a database that answers nonsense is as good as one that is down.
func storeError(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(Invalid)), errors.Is(err, ErrNotFound), errors.Is(err, ErrEmailTaken), errors.Is(err, ErrCredentials),
		errors.Is(err, ErrSessionLimit), errors.Is(err, ErrProof):
		return err
	}
	return fmt.Errorf("%s: %w: %w", op, ErrUnavailable, err)
}
