package auth

import (
	"encoding/base64"
	"time"
)

// Database is the strategy whose cookie carries an opaque 256-bit token. The
// row keeps only its SHA-256 (ASVS 11.5.1): who reads the database cannot sign
// in with what he finds, and a fast hash is enough for a random token.
type Database struct{ secret string }

// NewDatabase returns the strategy; secret is the newest of AUTH_SECRET.
func NewDatabase(secret string) *Database { return &Database{secret} }

// Name implements Strategy.
func (*Database) Name() string { return "database" }

const tokenBytes = 32

// NewToken is random at login. When it replaces a JWT, after SESSION_STRATEGY was
// changed, it is derived from the session's id and the secret instead: the
// parallel requests of one page, perhaps to different instances, must arrive at
// the same token, or the browser would keep one that the next has undone.
func (d *Database) NewToken(sessionID string) (string, error) {
	if sessionID == "" {
		return randomText(tokenBytes), nil
	}
	key, err := deriveKey(d.secret, "session token", []byte(sessionID))
	return base64.RawURLEncoding.EncodeToString(key), err
}

// Encode implements Strategy: the cookie is the token.
func (*Database) Encode(_ Session, token string) (string, error) { return token, nil }

// Decode implements Strategy. A token says nothing but where to look.
func (*Database) Decode(value string, _ time.Time) (Decoded, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(raw) != tokenBytes {
		return Decoded{}, ErrNotFound
	}
	return Decoded{Key: Key{TokenHash: hashToken(value)}}, nil
}
