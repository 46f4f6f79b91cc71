package authjs_test

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	josecipher "github.com/go-jose/go-jose/v4/cipher"

	"latchkey/internal/authjs"
)

// The secret and the salt of the vectors.
const (
	secret = "0123456789abcdef0123456789abcdef"
	salt   = "authjs.session-token"
)

// noon is the present of every test that is given a clock.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newCodec(t testing.TB, salt string, secrets ...string) *authjs.Codec {
	t.Helper()
	c, err := authjs.NewCodec(salt, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ada is a session that is good at noon, with every claim set.
func ada() authjs.Claims {
	return authjs.Claims{
		Subject: "42", SessionID: "s_1", Name: "Ada", Email: "ada@example.com", Picture: "https://example.com/ada.png",
		AuthTime: noon.Add(-time.Hour), Absolute: noon.Add(24 * time.Hour), ValidatedAt: noon.Add(-1500 * time.Millisecond),
		IssuedAt: noon.Add(-time.Minute), ExpiresAt: noon.Add(time.Hour), ID: "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0",
		Extra: map[string]json.RawMessage{"role": json.RawMessage(`"admin"`)},
	}
}

func encode(t testing.TB, c *authjs.Codec, claims authjs.Claims) string {
	t.Helper()
	token, err := c.Encode(claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// goodPayload is a session that is good at noon, as JSON.
const goodPayload = `{"sub":"42","sid":"s_1","exp":1900000000,"name":"Ada"}`

// ownKey is the key of the vectors, and ownKid its name.
func ownKey(t testing.TB) (key []byte, kid string) {
	t.Helper()
	k, err := authjs.DeriveKey(secret, salt)
	if err != nil {
		t.Fatal(err)
	}
	return k[:], authjs.KeyID(k)
}

// seal makes a token with our real key and any header, as another holder of the secret
// could.
func seal(t testing.TB, header, payload string) string {
	t.Helper()
	key, _ := ownKey(t)
	aead, err := josecipher.NewCBCHMAC(key, aes.NewCipher)
	if err != nil {
		t.Fatal(err)
	}
	iv := []byte("an iv of 16 byte")
	protected := b64([]byte(header))
	sealed := aead.Seal(nil, iv, []byte(payload), []byte(protected))
	end := len(sealed) - 32
	return protected + ".." + b64(iv) + "." + b64(sealed[:end]) + "." + b64(sealed[end:])
}

// sealOwn makes a token with our real key, our header and any payload.
func sealOwn(t testing.TB, payload string) string {
	_, kid := ownKey(t)
	return seal(t, `{"alg":"dir","enc":"A256CBC-HS512","kid":"`+kid+`"}`, payload)
}

func deflate(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	w.Close()
	return out.String()
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unb64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectors reads the values that the real library made, see testdata/authjs.json.
func vectors(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	file, err := os.ReadFile("testdata/authjs.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	unmarshal(t, file, &all)
	return all
}

func unmarshal(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// randomClaims are good at the time now. Their dates have the precision that survives a token.
func randomClaims(rng *rand.Rand, now time.Time) authjs.Claims {
	now = now.UTC().Truncate(time.Second)
	c := authjs.Claims{
		Subject: "u" + randomText(rng), SessionID: "s" + randomText(rng), ID: "j" + randomText(rng),
		Name: randomText(rng), Email: randomText(rng), Picture: randomText(rng),
		IssuedAt: now, ExpiresAt: now.Add(time.Duration(1+rng.IntN(1e6)) * time.Hour),
	}
	if rng.IntN(4) > 0 {
		c.AuthTime = now.Add(-time.Duration(rng.IntN(1e6)) * time.Second)
		c.Absolute = now.Add(time.Duration(1+rng.IntN(1e6)) * time.Hour)
		c.ValidatedAt = now.Add(-time.Duration(rng.IntN(1e6)) * time.Millisecond)
	}
	for range rng.IntN(5) {
		if c.Extra == nil {
			c.Extra = make(map[string]json.RawMessage)
		}
		c.Extra["x"+randomText(rng)], _ = json.Marshal(randomValue(rng, 3))
	}
	return c
}

func randomValue(rng *rand.Rand, depth int) any {
	switch n := rng.IntN(7); {
	case n == 0:
		return nil
	case n == 1:
		return rng.IntN(2) == 0
	case n == 2:
		return rng.Int64N(1 << 53)
	case n == 3:
		return rng.Float64() * 1e6
	case n == 4 && depth > 0:
		return []any{randomValue(rng, depth-1), randomValue(rng, depth-1)}
	case n == 5 && depth > 0:
		return map[string]any{"k" + randomText(rng): randomValue(rng, depth-1)}
	}
	return randomText(rng)
}

// randomText has what JSON, HTML, cookies and JavaScript treat specially, and characters
// of two, three and four bytes.
func randomText(rng *rand.Rand) string {
	const alphabet = "abcXYZ019 \"\\/<>&%+|;,=.\x00\x1f\x7f\n\täÖß€日本\u2028\u2029\ufffd😀𝄞"
	runes := []rune(alphabet)
	text := make([]rune, rng.IntN(20))
	for i := range text {
		text[i] = runes[rng.IntN(len(runes))]
	}
	return string(text)
}

// decrypt opens a token with go-jose alone.
func decrypt(t testing.TB, key []byte, token string) string {
	t.Helper()
	sealed, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := sealed.Decrypt(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}
