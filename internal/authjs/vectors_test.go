package authjs_test

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

// TK-1
func TestKeysAndKeyIDsEqualThoseOfAuthJS(t *testing.T) {
	for _, salt := range []string{"authjs.session-token", "__Secure-authjs.session-token"} {
		var want struct {
			Key string `json:"key_hex"`
			Kid string
		}
		unmarshal(t, vectors(t)[salt+"|A256CBC-HS512"], &want)
		key, err := authjs.DeriveKey(secret, salt)
		if got := hex.EncodeToString(key[:]); err != nil || got != want.Key {
			t.Errorf("DeriveKey(secret, %q) = %s, %v, want %s", salt, got, err, want.Key)
		}
		if got := authjs.KeyID(key); got != want.Kid {
			t.Errorf("KeyID(key of %q) = %s, want %s", salt, got, want.Kid)
		}
	}
}

// TK-1
func TestOurHeaderEqualsThatOfAuthJSByteForByte(t *testing.T) {
	var want string
	unmarshal(t, vectors(t)["hdr_raw"], &want)
	protected, _, _ := strings.Cut(encode(t, newCodec(t, salt, secret), ada()), ".")
	if got := string(unb64(t, protected)); got != want {
		t.Errorf("header of Encode(ada) = %s, want %s", got, want)
	}
}

// TK-1
func TestATokenOfAuthJSDecodes(t *testing.T) {
	var token string
	var payload struct {
		Iat, Exp int64
		Jti      string
	}
	unmarshal(t, vectors(t)["jwe"], &token)
	unmarshal(t, vectors(t)["payload"], &payload)
	issued := time.Unix(payload.Iat, 0).UTC()
	got, err := newCodec(t, salt, secret).Decode(token, issued.Add(time.Minute))
	want := authjs.Claims{
		Subject: "42", SessionID: "s_1", Name: "Ada", Email: "ada@example.com",
		IssuedAt: issued, ExpiresAt: time.Unix(payload.Exp, 0).UTC(), ID: payload.Jti,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode(vector) = %+v, %v, want %+v", got, err, want)
	}
}

func TestThePartsOfATokenHaveTheLengthsOfAuthJS(t *testing.T) {
	var want []int
	unmarshal(t, vectors(t)["seg"], &want)
	parts := strings.Split(encode(t, newCodec(t, salt, secret), ada()), ".")
	for _, i := range []int{0, 1, 2, 4} { // the ciphertext, part 3, is as long as its claims
		if got := len(parts[i]); got != want[i] {
			t.Errorf("length of part %d = %d, want %d", i, got, want[i])
		}
	}
}

// CF-1
func TestACodecNeedsASecretAndASalt(t *testing.T) {
	for name, secrets := range map[string][]string{"none": {}, "empty": {""}, "second empty": {secret, ""}} {
		if c, err := authjs.NewCodec(salt, secrets...); err == nil {
			t.Errorf("NewCodec(salt, %s) = %v, nil, want an error", name, c)
		}
	}
	if c, err := authjs.NewCodec("", secret); err == nil {
		t.Errorf("NewCodec(no salt) = %v, nil, want an error", c)
	}
}
