package authjs

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
)

// CSRFCookieName returns the name of the cookie that holds the CSRF token.
func CSRFCookieName(secure bool) string { return prefixed("__Host-", "authjs.csrf-token", secure) }

// CallbackCookieName returns the name of the cookie that holds the address to open after a login.
func CallbackCookieName(secure bool) string {
	return prefixed("__Secure-", "authjs.callback-url", secure)
}

// csrfTokenSize is the length in bytes of the random part, which is written in hexadecimal.
const csrfTokenSize = 32

// CSRF makes and reads the double-submit token of the Auth.js forms. The cookie carries
// the token and a hash over it and the secrets; the form carries the token. The hash is
// Auth.js's and no HMAC, so the token is one defence of two: the site checks the origin of
// every unsafe request as well. The zero CSRF has no secret: it refuses every token, also
// those that it mints.
type CSRF struct {
	suffixes []string // texts that the hash may cover behind the token; Mint uses the first
}

// NewCSRF returns the CSRF tokens under these secrets, in the order that NewCodec has
// them. Empty secrets are left out.
func NewCSRF(secrets ...string) CSRF {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == "" })
	if len(secrets) == 0 {
		return CSRF{}
	}
	// Auth.js concatenates the token with its list of secrets, and JavaScript joins a
	// list with commas. An application that is set up with one secret only, before or
	// after a rotation, hashes that one.
	return CSRF{suffixes: append([]string{strings.Join(secrets, ",")}, secrets...)}
}

// Mint returns a new random token, 64 hexadecimal characters, and the value of the cookie
// that vouches for it: not percent-encoded yet, see EncodeValue.
func (c CSRF) Mint() (token, cookieValue string) {
	var random [csrfTokenSize]byte
	rand.Read(random[:])
	token = hex.EncodeToString(random[:])
	if len(c.suffixes) == 0 {
		return token, token + "|"
	}
	return token, token + "|" + csrfHash(token, c.suffixes[0])
}

// Open returns the token in a cookie, percent-encoded or not, when its hash was made with
// all our secrets or with one of them.
func (c CSRF) Open(cookieValue string) (token string, ok bool) {
	token, hash, found := strings.Cut(DecodeValue(cookieValue), "|")
	if !found || !isCSRFToken(token) {
		return "", false
	}
	// Every comparison is made, in constant time, so that the answer's delay does not
	// tell which secret came close.
	match := 0
	for _, suffix := range c.suffixes {
		match |= subtle.ConstantTimeCompare([]byte(hash), []byte(csrfHash(token, suffix)))
	}
	if match != 1 {
		return "", false
	}
	return token, true
}

// isCSRFToken keeps the token at its length: the hash has no separator, so "token" with
// "1secret" is "token1" with "secret".
func isCSRFToken(token string) bool {
	if len(token) != hex.EncodedLen(csrfTokenSize) {
		return false
	}
	_, err := hex.DecodeString(token)
	return err == nil
}

func csrfHash(token, suffix string) string {
	sum := sha256.Sum256([]byte(token + suffix))
	return hex.EncodeToString(sum[:])
}
