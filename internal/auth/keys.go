package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// deriveKey gives every use of the secret a key of its own, so that a value
// made for one purpose means nothing to another (ASVS 11.1.2).
func deriveKey(secret, purpose string, salt []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(secret), salt, "Latchkey "+purpose, 32)
}

// signer authenticates short texts of one purpose: the newest secret signs, all
// of them verify.
type signer struct{ keys [][]byte } // newest first

func newSigner(purpose string, secrets []string) (signer, error) {
	var s signer
	for _, secret := range secrets {
		key, err := deriveKey(secret, purpose, nil)
		if err != nil {
			return s, fmt.Errorf("key for the %s: %w", purpose, err)
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

// tag returns the payload's MAC by the newest secret.
func (s signer) tag(payload string) string { return mac(s.keys[0], payload) }

// isTag reports whether one of our secrets has made the tag for this payload.
func (s signer) isTag(tag, payload string) bool {
	return slices.ContainsFunc(s.keys, func(key []byte) bool { return hmac.Equal([]byte(tag), []byte(mac(key, payload))) })
}

// sign returns the payload with its MAC behind a dot.
func (s signer) sign(payload string) string { return payload + "." + s.tag(payload) }

// verify returns the payload of a text that one of our secrets has signed.
func (s signer) verify(text string) (payload string, ok bool) {
	cut := max(strings.LastIndex(text, "."), 0)
	payload, tag := text[:cut], strings.TrimPrefix(text[cut:], ".")
	if !s.isTag(tag, payload) {
		return "", false
	}
	return payload, true
}

func mac(key []byte, payload string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
