package authjs

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
)

// KeySize is the length in bytes of an A256CBC-HS512 key: half authenticates, half
// encrypts (RFC 7518 §5.2.5).
const KeySize = 64

// DeriveKey returns the encryption key that Auth.js derives from a secret for one
// purpose. The salt is the name of the cookie that carries the token (the base name,
// never that of a chunk), so a token made for one cookie is worthless in another.
func DeriveKey(secret, salt string) (key [KeySize]byte, err error) {
	// An empty secret derives a key that looks good and that everybody knows.
	if secret == "" {
		return key, errors.New("authjs: derive key: the secret is empty")
	}
	// Without a salt, two purposes would share a key.
	if salt == "" {
		return key, errors.New("authjs: derive key: the salt is empty")
	}
	info := "Auth.js Generated Encryption Key (" + salt + ")"
	derived, err := hkdf.Key(sha256.New, []byte(secret), []byte(salt), info, KeySize)
	if err != nil {
		return key, fmt.Errorf("authjs: derive key: %w", err)
	}
	return [KeySize]byte(derived), nil
}

// KeyID returns the kid under which Auth.js announces a key: its JWK thumbprint (RFC
// 7638), with SHA-512 because the key has 512 bits. It is made by hand because go-jose
// computes no thumbprint of a symmetric key. It reveals nothing of the key.
func KeyID(key [KeySize]byte) string {
	// RFC 7638 §3.2: the required members of an "oct" key in lexical order, without white space.
	jwk := `{"k":"` + base64.RawURLEncoding.EncodeToString(key[:]) + `","kty":"oct"}`
	sum := sha512.Sum512([]byte(jwk))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
