package authjs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"latchkey/internal/authjs"
)

func newSealer(t testing.TB, purpose string, secrets ...string) *authjs.Sealer {
	t.Helper()
	s, err := authjs.NewSealer(purpose, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t testing.TB, s *authjs.Sealer, payload []byte) string {
	t.Helper()
	value, err := s.Seal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestAnyPayloadSurvivesSealAndOpen(t *testing.T) {
	s, rng := newSealer(t, "authjs.state", secret), rand.New(rand.NewPCG(7, 8))
	payloads := [][]byte{nil, []byte("{}"), []byte("no JSON"), {0, 255, 10}, bytes.Repeat([]byte("long "), 2000)}
	for range 500 {
		payloads = append(payloads, []byte(randomText(rng)))
	}
	for _, want := range payloads {
		got, err := s.Open(sealed(t, s, want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("Open(Seal(%.20q)) = %.20q, %v, want the payload", want, got, err)
		}
	}
}

func TestASealedValueNeedsNoEscape(t *testing.T) {
	value := sealed(t, newSealer(t, "authjs.state", secret), []byte("|;,= \x00"))
	if got := authjs.EncodeValue(value); got != value {
		t.Errorf("EncodeValue(a sealed value) = %q, want %q as it is", got, value)
	}
}

// purposes are cookies of Auth.js, names that resemble each other, and what is no cookie.
var purposes = []string{
	"authjs.session-token", "__Secure-authjs.session-token", "authjs.session-token.0",
	"authjs.state", "__Secure-authjs.state", "authjs.pkce.code_verifier", "authjs.nonce", "authjs.challenge",
	"verify-email", "reset-password", "verify-email ",
}

// CF-3: pairwise, in both directions.
func TestAValueOfOnePurposeDoesNotOpenUnderAnother(t *testing.T) {
	for _, made := range purposes {
		value := sealed(t, newSealer(t, made, secret), []byte(goodPayload))
		for _, read := range purposes {
			payload, err := newSealer(t, read, secret).Open(value)
			if made == read && err != nil {
				t.Errorf("Open by %q of its own value = %v, want it opened", read, err)
			}
			if made != read && (!errors.Is(err, authjs.ErrInvalid) || payload != nil) {
				t.Errorf("Open by %q of a value for %q = %q, %v, want ErrInvalid", read, made, payload, err)
			}
		}
	}
}

// CF-3: a session token is a sealed value of the session cookie's purpose, and of no other.
func TestASessionTokenOpensUnderItsCookiesNameOnly(t *testing.T) {
	token := encode(t, newCodec(t, salt, secret), ada())
	for _, purpose := range purposes {
		_, err := newSealer(t, purpose, secret).Open(token)
		if (err == nil) != (purpose == salt) {
			t.Errorf("Open by %q of a session token = %v", purpose, err)
		}
	}
	state := sealed(t, newSealer(t, "authjs.state", secret), []byte(goodPayload))
	if _, err := newCodec(t, salt, secret).Decode(state, noon); !errors.Is(err, authjs.ErrInvalid) {
		t.Errorf("Decode(a sealed state with the claims of a session) = %v, want ErrInvalid", err)
	}
}

// The state, PKCE and nonce cookies that the real library has made.
func TestSealedCookiesOfAuthJSOpen(t *testing.T) {
	var cookies map[string]string
	unmarshal(t, vectors(t)["sealed"], &cookies)
	want := map[string]string{
		"authjs.state": "s_41", "authjs.nonce": "n_41",
		"authjs.pkce.code_verifier": "a-verifier-of-43-characters-or-more-0123456789",
	}
	for name, value := range want {
		payload, err := newSealer(t, name, secret).Open(cookies[name])
		var got struct{ Value string }
		if err != nil || json.Unmarshal(payload, &got) != nil || got.Value != value {
			t.Errorf("Open(%s of Auth.js) = %s, %v, want the value %q", name, payload, err, value)
		}
	}
}

// TK-3, TK-7
func TestOpenRefusesWhateverSealHasNotMade(t *testing.T) {
	s := newSealer(t, "authjs.state", secret)
	good := sealed(t, s, []byte(`{"value":"canary"}`))
	p := strings.Split(good, ".")
	for name, value := range map[string]string{
		"nothing":         "",
		"a plain value":   "canary",
		"a line break":    good + "\n",
		"a dot":           good + ".",
		"a key":           strings.Join([]string{p[0], "AAAA", p[2], p[3], p[4]}, "."),
		"another tag":     strings.Join([]string{p[0], "", p[2], p[3], b64(make([]byte, 32))}, "."),
		"another secret":  sealed(t, newSealer(t, "authjs.state", "fedcba9876543210fedcba9876543210"), []byte("x")),
		"a megabyte":      strings.Repeat("A", 1<<20),
		"half":            good[:len(good)/2],
		"another payload": strings.Join([]string{p[0], "", p[2], b64(make([]byte, 32)), p[4]}, "."),
	} {
		payload, err := s.Open(value)
		if !errors.Is(err, authjs.ErrInvalid) || payload != nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("Open(%s) = %q, %v, want no payload and an ErrInvalid that quotes nothing", name, payload, err)
		}
	}
}

func TestSealRefusesAPayloadThatNoReaderWouldTake(t *testing.T) {
	s := newSealer(t, "authjs.state", secret)
	if value, err := s.Seal(make([]byte, 12_000)); !errors.Is(err, authjs.ErrTooLarge) || value != "" {
		t.Errorf("Seal(12 kB) = %d characters, %v, want ErrTooLarge", len(value), err)
	}
}

// TK-6
func TestASealersSecretsRotate(t *testing.T) {
	const fresh = "fedcba9876543210fedcba9876543210"
	old := sealed(t, newSealer(t, "authjs.state", secret), []byte("x"))
	if _, err := newSealer(t, "authjs.state", fresh, secret).Open(old); err != nil {
		t.Errorf("[new, old].Open(value of old) = %v, want it opened", err)
	}
	renewed := sealed(t, newSealer(t, "authjs.state", fresh, secret), []byte("x"))
	if _, err := newSealer(t, "authjs.state", fresh).Open(renewed); err != nil {
		t.Errorf("[new].Open(value of [new, old]) = %v, want it opened", err)
	}
}

// CF-1
func TestASealerNeedsASecretAndAPurpose(t *testing.T) {
	for name, secrets := range map[string][]string{"none": {}, "empty": {""}, "second empty": {secret, ""}} {
		if s, err := authjs.NewSealer("authjs.state", secrets...); err == nil {
			t.Errorf("NewSealer(authjs.state, %s) = %v, nil, want an error", name, s)
		}
	}
	if s, err := authjs.NewSealer("", secret); err == nil {
		t.Errorf("NewSealer(no purpose) = %v, nil, want an error", s)
	}
}

// TK-3, TK-7: nothing panics, and no mutation of a sealed value opens.
func FuzzOpen(f *testing.F) {
	s := newSealer(f, salt, secret)
	good := sealOwn(f, `{"value":"s_41"}`) // the same in each of the fuzzer's processes
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add("....")
	f.Fuzz(func(t *testing.T, value string) {
		payload, err := s.Open(value)
		if (err == nil) != (value == good) || err != nil && (payload != nil || !errors.Is(err, authjs.ErrInvalid)) {
			t.Fatalf("Open(%q) = %q, %v", value, payload, err)
		}
	})
}
