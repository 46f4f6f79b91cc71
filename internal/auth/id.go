package auth

import (
	"crypto/rand"
	"encoding/base64"
)

// NewID is 128 random bits as text, for the id of a row.
func NewID() string { return randomText(16) }

// IsID reports whether a text could be an id of ours. Ask before looking up
// what a request names: not every database takes every text.
func IsID(text string) bool {
	for _, r := range text {
		if r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return text != "" && len(text) <= 64
}

// randomText is that many random bytes as text, for ids and tokens.
func randomText(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}
