package auth

import (
	"bytes"
	"testing"
)

// CF-3: a value made for one purpose means nothing to another.
func TestEveryPurposeAndSaltHasAKeyOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, secret := range []string{"a secret of thirty-two bytes....", "another secret of that length..."} {
		for _, purpose := range []string{"session token", "session limit confirmation", "companion"} {
			for _, salt := range []string{"", "one session", "another session"} {
				key, err := deriveKey(secret, purpose, []byte(salt))
				if err != nil || len(key) != 32 {
					t.Fatalf("deriveKey = %d bytes, %v, want 32", len(key), err)
				}
				name := secret + "/" + purpose + "/" + salt
				if other, twice := seen[string(key)]; twice {
					t.Errorf("%q and %q have the same key", name, other)
				}
				seen[string(key)] = name
				if again, _ := deriveKey(secret, purpose, []byte(salt)); !bytes.Equal(key, again) {
					t.Errorf("%q has two keys", name)
				}
			}
		}
	}
}

func TestASignatureOfOnePurposeIsNoneOfAnother(t *testing.T) {
	secrets := []string{"a secret of thirty-two bytes...."}
	one, _ := newSigner("one", secrets)
	two, _ := newSigner("two", secrets)
	if _, ok := two.verify(one.sign("payload")); ok {
		t.Error("a text signed for one purpose is good for another")
	}
	if got, ok := one.verify(one.sign("pay.load")); !ok || got != "pay.load" {
		t.Errorf("verify = %q, %v, want the payload", got, ok)
	}
}
