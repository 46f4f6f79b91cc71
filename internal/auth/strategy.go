package auth

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// Strategy is what the cookie carries and what that proves by itself. It is
// the only thing the two kinds of session do differently; the row, the limit,
// renewal and revocation are the Service's and the same for both.
type Strategy interface {
	// Name is the value of SESSION_STRATEGY.
	Name() string

	// Token returns the opaque token whose hash the row will keep, or "" when
	// the strategy needs none. sessionID is the session whose cookie of the other
	// kind it replaces, "" at login.
	Token(sessionID string) (string, error)

	// Carry returns the cookie's value for a session that was just validated.
	Carry(s Session, token string) (string, error)

	// Prove reads a cookie's value. ErrNotFound means that it is no session's.
	Prove(value string, now time.Time) (Proof, error)
}

// Proof is what a cookie proves before anyone is asked.
type Proof struct {
	Key     Key     // where the row is
	Session Session // what the cookie says of it; ValidatedAt zero = only the database knows
	Foreign bool    // made by the strategy that is not in force: the cookie is to be replaced
}

// randomText returns 128 or more random bits as text, for ids and tokens.
func randomText(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// isID reports whether text could be an id of ours. What a request names is
// asked before it is looked up: not every database takes every text.
func isID(text string) bool {
	for _, r := range text {
		if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return text != "" && len(text) <= 64
}

// deriveKey gives every use of the secret a key of its own, so that a value
// made for one purpose means nothing to another (ASVS 11.1.2).
func deriveKey(secret, purpose string, salt []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(secret), salt, "Latchkey "+purpose, 32)
}
