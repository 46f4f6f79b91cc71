package auth

import (
	"encoding/json"
	"time"
)

// Session is one login of one user in one browser. Whatever the strategy, it
// is one row in the database.
type Session struct {
	ID                string    // 128 random bits as text: the public "sid", no secret
	User              User      // zero once the account is deleted
	TokenHash         []byte    // SHA-256 of the opaque token; nil = the cookie has always been a JWT, or the session comes from Authenticate
	Method            Method    // how the user proved who they are; "" = not known: the JWT is older than its claim
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

// live reports whether the session may still be used at now, as far as its own
// row says.
func (s Session) live(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.ExpiresAt) && now.Before(s.AbsoluteExpiresAt)
}

// notLive says why the session may not be used at now; "" = it may.
func (s Session) notLive(now time.Time) Reason {
	switch {
	case !s.EndedAt.IsZero():
		return s.EndReason
	case s.User.ID == "":
		return ReasonDeleted
	case !s.User.DisabledAt.IsZero():
		return ReasonAdmin
	case !s.live(now):
		return ReasonExpired
	}
	return ""
}

// Reason says why a session ended. It is stored with the row, which stays as
// a tombstone for a day so that a late request can be told.
type Reason string

// The reasons that the engine and its callers store.
const (
	ReasonSignedOut  Reason = "signout"    // the user, in this browser
	ReasonDevice     Reason = "device"     // the user, from the list of devices on another one
	ReasonLimit      Reason = "limit"      // evicted by a login elsewhere
	ReasonEverywhere Reason = "everywhere" // "sign out everywhere" or "sign out the others"
	ReasonPassword   Reason = "password"   // the password was changed
	ReasonAdmin      Reason = "admin"      // the account was disabled
	ReasonReuse      Reason = "reuse"      // a rotated credential was presented again
	ReasonReplaced   Reason = "replaced"   // the same browser signed in again
	ReasonDeleted    Reason = "deleted"    // the account was deleted
	ReasonExpired    Reason = "expired"    // idle or absolute lifetime over; stored only when a later login finds it
)

// Method is how a user proved who they are at login. Values are those of RFC
// 8176 (amr) where it has one.
type Method string

// The methods of this program. A project adds its own.
const (
	MethodPassword Method = "pwd"    // a password
	MethodSignUp   Method = "signup" // the account was made in this browser a moment ago
)

// Client is what a login knows of the browser it comes from. Both fields are
// shown to the user in the list of devices and trusted for nothing.
type Client struct {
	IP        string // "" = unknown
	UserAgent string // "" = not sent
}
