package authjs_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"latchkey/internal/authjs"
)

// refused checks that the token is refused as invalid, and that the error quotes nothing of it.
func refused(t *testing.T, name, token string) {
	t.Helper()
	claims, err := newCodec(t, salt, secret).Decode(token, noon)
	if !errors.Is(err, authjs.ErrInvalid) || errors.Is(err, authjs.ErrExpired) || !reflect.DeepEqual(claims, authjs.Claims{}) {
		t.Errorf("Decode(%s) = %+v, %v, want no claims and ErrInvalid", name, claims, err)
		return
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && strings.Contains(err.Error(), part) {
			t.Errorf("Decode(%s) = %v, which quotes the token", name, err)
		}
	}
}

// The control of the tables below: without a fault, the same recipe makes a token that is read.
func TestATokenSealedByHandIsRead(t *testing.T) {
	claims, err := newCodec(t, salt, secret).Decode(sealOwn(t, goodPayload), noon)
	if err != nil || claims.Subject != "42" || claims.SessionID != "s_1" {
		t.Errorf("Decode(sealed by hand) = %+v, %v, want sub 42 and sid s_1", claims, err)
	}
}

// TK-3
func TestOnlyOneSpellingOfATokenIsRead(t *testing.T) {
	p := strings.Split(sealOwn(t, goodPayload), ".")
	join := func(key, iv, text, tag string) string { return strings.Join([]string{p[0], key, iv, text, tag}, ".") }
	text, tag := unb64(t, p[3]), unb64(t, p[4])
	end := len(text) - 1

	for name, token := range map[string]string{
		"spare bits in the IV":          join("", spareBit(t, p[2]), p[3], p[4]),
		"spare bits in the ciphertext":  join("", p[2], spareBit(t, p[3]), p[4]),
		"spare bits in the tag":         join("", p[2], p[3], spareBit(t, p[4])),
		"an encrypted key":              join("AAAA", p[2], p[3], p[4]),
		"a line break in the text":      join("", p[2], p[3][:8]+"\n"+p[3][8:], p[4]),
		"a carriage return in the text": join("", p[2], p[3][:8]+"\r"+p[3][8:], p[4]),
		"a line break at the end":       join("", p[2], p[3], p[4]+"\n"),
		"a line break as the key":       join("\n", p[2], p[3], p[4]),
		"a tag that starts in the text": join("", p[2], b64(text[:end]), b64(append(text[end:], tag...))),
		"a text that ends in the tag":   join("", p[2], b64(append(text[:end+1:end+1], tag[0])), b64(tag[1:])),
		"padding":                       join("", p[2], p[3], p[4]+"="),
		"the standard alphabet":         strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(p, ".")),
		"a space in front":              " " + strings.Join(p, "."),
		"a dot at the end":              strings.Join(p, ".") + ".",
		"a line break in the header":    p[0][:8] + "\n" + p[0][8:] + "." + strings.Join(p[1:], "."),
	} {
		refused(t, name, token)
	}
}

// spareBit flips the last bit of a part that encodes nothing.
func spareBit(t *testing.T, part string) string {
	t.Helper()
	if len(part)%4 == 0 {
		t.Fatalf("a part of %d characters has no spare bits", len(part))
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(part) - 1
	return part[:last] + string(alphabet[strings.IndexByte(alphabet, part[last])^1])
}

// TK-2, TK-6, TK-8
func TestOnlyOurExactHeaderIsRead(t *testing.T) {
	_, kid := ownKey(t)
	start := `{"alg":"dir","enc":"A256CBC-HS512"`
	for name, token := range map[string]string{
		"zip":                 seal(t, start+`,"kid":"`+kid+`","zip":"DEF"}`, deflate(t, goodPayload)),
		"zip without deflate": seal(t, start+`,"kid":"`+kid+`","zip":"DEF"}`, goodPayload),
		"crit":                seal(t, start+`,"kid":"`+kid+`","crit":["exp"],"exp":1}`, goodPayload),
		"empty crit":          seal(t, start+`,"kid":"`+kid+`","crit":[]}`, goodPayload),
		"jwk":                 seal(t, start+`,"kid":"`+kid+`","jwk":{"kty":"oct","k":"AAAA"}}`, goodPayload),
		"jku":                 seal(t, start+`,"jku":"https://evil.example/keys","kid":"`+kid+`"}`, goodPayload),
		"no kid":              seal(t, start+`}`, goodPayload),
		"empty kid":           seal(t, start+`,"kid":""}`, goodPayload),
		"null kid":            seal(t, start+`,"kid":null}`, goodPayload),
		"unknown kid":         seal(t, start+`,"kid":"k1"}`, goodPayload),
		"two kids":            seal(t, start+`,"kid":"`+kid+`","kid":"`+kid+`"}`, goodPayload),
		"kid with SQL":        seal(t, start+`,"kid":"' OR 1=1 --"}`, goodPayload),
		"kid with a path":     seal(t, start+`,"kid":"../../../../dev/null"}`, goodPayload),
		"kid of 10 kB":        seal(t, start+`,"kid":"`+strings.Repeat("k", 10_000)+`"}`, goodPayload),
		"another order":       seal(t, `{"kid":"`+kid+`","alg":"dir","enc":"A256CBC-HS512"}`, goodPayload),
		"white space":         seal(t, `{"alg":"dir", "enc":"A256CBC-HS512", "kid":"`+kid+`"}`, goodPayload),
		"an escape":           seal(t, `{"alg":"\u0064ir","enc":"A256CBC-HS512","kid":"`+kid+`"}`, goodPayload),
		"none":                seal(t, `{"alg":"none","enc":"A256CBC-HS512","kid":"`+kid+`"}`, goodPayload),
		"no alg":              seal(t, `{"enc":"A256CBC-HS512","kid":"`+kid+`"}`, goodPayload),
		"PBES2, two billion rounds": b64([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A256CBC-HS512","kid":"`+kid+
			`","p2c":2000000000,"p2s":"AAAAAAAAAAAAAAAAAAAAAA"}`)) + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAA.AAAA",
		"A256KW":  sealAs(t, jose.A256KW, jose.A256CBC_HS512, 32, kid),
		"A256GCM": sealAs(t, jose.DIRECT, jose.A256GCM, 32, gcmKid(t)),
		"A128GCM": sealAs(t, jose.DIRECT, jose.A128GCM, 16, kid),
	} {
		refused(t, name, token)
	}
}

// sealAs makes a token with another algorithm and the first bytes of our key, which are
// what Auth.js would use for A256GCM.
func sealAs(t *testing.T, alg jose.KeyAlgorithm, enc jose.ContentEncryption, keySize int, kid string) string {
	t.Helper()
	key, _ := ownKey(t)
	encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key[:keySize], KeyID: kid}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := encrypter.Encrypt([]byte(goodPayload))
	if err != nil {
		t.Fatal(err)
	}
	token, err := sealed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// gcmKid is the kid that Auth.js gives the A256GCM key of our secret.
func gcmKid(t *testing.T) string {
	t.Helper()
	var vector struct{ Kid string }
	unmarshal(t, vectors(t)["authjs.session-token|A256GCM"], &vector)
	return vector.Kid
}

// TK-2, TK-7
func TestWhatIsNoCompactTokenIsRefused(t *testing.T) {
	good := sealOwn(t, goodPayload)
	p := strings.Split(good, ".")
	full, err := json.Marshal(map[string]string{"protected": p[0], "iv": p[2], "ciphertext": p[3], "tag": p[4]})
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"nothing":                "",
		"dots":                   "....",
		"a thousand dots":        strings.Repeat(".", 1000),
		"the JSON form":          string(full),
		"a signed token":         b64([]byte(`{"alg":"HS256"}`)) + "." + b64([]byte(goodPayload)) + ".AAAA",
		"an unsigned token":      b64([]byte(`{"alg":"none"}`)) + "." + b64([]byte(goodPayload)) + ".",
		"a database token":       "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA",
		"Bearer %":               "Bearer %",
		"a byte that is no text": "\xff\xfe",
		"no base64":              p[0] + ".." + p[2] + ".****." + p[4],
		"an empty text":          p[0] + ".." + p[2] + ".." + p[4],
		"half a block":           p[0] + ".." + p[2] + "." + b64(make([]byte, 8)) + "." + p[4],
		"another tag":            p[0] + ".." + p[2] + "." + p[3] + "." + b64(make([]byte, 32)),
		"another IV":             p[0] + ".." + b64(make([]byte, 16)) + "." + p[3] + "." + p[4],
		"a megabyte":             strings.Repeat("A", 1<<20),
		"a megabyte of text":     p[0] + ".." + p[2] + "." + strings.Repeat("A", 1<<20) + "." + p[4],
	} {
		refused(t, name, token)
	}
	for end := range good {
		refused(t, "a token cut off", good[:end])
	}
}

// TK-7: a token over the cap is refused for its length alone, though it is sealed by us.
func TestAGoodTokenOverTheCapIsRefused(t *testing.T) {
	refused(t, "16 kB of claims", sealOwn(t, `{"sub":"42","sid":"s_1","exp":1900000000,"x":"`+strings.Repeat("x", 16_000)+`"}`))
}

// TK-7
func TestAChangedByteIsRefused(t *testing.T) {
	good := sealOwn(t, goodPayload)
	for i := range good {
		other := byte('A')
		if good[i] == other {
			other = 'B'
		}
		refused(t, "a changed byte", good[:i]+string(other)+good[i+1:])
	}
}
