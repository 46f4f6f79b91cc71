package authjs_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

func TestEveryClaimSurvivesARoundTrip(t *testing.T) {
	codec, want := newCodec(t, salt, secret), ada()
	got, err := codec.Decode(encode(t, codec, want), noon)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode(Encode(ada)) = %+v, %v, want %+v", got, err, want)
	}
}

// TK-1
func TestAThousandRandomSessionsSurviveARoundTrip(t *testing.T) {
	codec, rng := newCodec(t, salt, secret), rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		want := randomClaims(rng, noon)
		got, err := codec.Decode(encode(t, codec, want), noon)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("Decode(Encode(c)) = %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestATokenWithoutAnIDGetsARandomOne(t *testing.T) {
	codec, claims := newCodec(t, salt, secret), ada()
	claims.ID = ""
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for range 100 {
		got, err := codec.Decode(encode(t, codec, claims), noon)
		if err != nil {
			t.Fatal(err)
		}
		if !form.MatchString(got.ID) || seen[got.ID] {
			t.Fatalf("ID = %q, want a new one in the form of version 4", got.ID)
		}
		seen[got.ID] = true
	}
}

func TestEncodeRefusesWhatDecodeWouldRefuse(t *testing.T) {
	codec := newCodec(t, salt, secret)
	for name, spoil := range map[string]func(*authjs.Claims){
		"no sub":            func(c *authjs.Claims) { c.Subject = "" },
		"no sid":            func(c *authjs.Claims) { c.SessionID = "" },
		"no exp":            func(c *authjs.Claims) { c.ExpiresAt = time.Time{} },
		"exp before 1970":   func(c *authjs.Claims) { c.ExpiresAt = time.Unix(-1, 0) },
		"abs after 9999":    func(c *authjs.Claims) { c.Absolute = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"extra is not JSON": func(c *authjs.Claims) { c.Extra["role"] = json.RawMessage(`{`) },
	} {
		claims := ada()
		spoil(&claims)
		if token, err := codec.Encode(claims); !errors.Is(err, authjs.ErrInvalid) || token != "" {
			t.Errorf("Encode(%s) = %q, %v, want ErrInvalid", name, token, err)
		}
	}
}

// CK-3
func TestTheLongestTokenFitsAndALongerOneIsRefused(t *testing.T) {
	codec, claims := newCodec(t, salt, secret), ada()
	longest := ""
	for size := 11_000; ; size++ {
		claims.Name = strings.Repeat("a", size)
		token, err := codec.Encode(claims)
		if errors.Is(err, authjs.ErrTooLarge) {
			break
		}
		if err != nil || len(token) > authjs.MaxTokenLength {
			t.Fatalf("Encode(a name of %d) = %d characters, %v, want ErrTooLarge above %d", size, len(token), err, authjs.MaxTokenLength)
		}
		longest = token
	}
	// A block of 16 bytes is 22 characters, so one more would not have fitted.
	if _, err := codec.Decode(longest, noon); err != nil || len(longest) <= authjs.MaxTokenLength-22 {
		t.Errorf("Decode(the longest token, %d characters) = %v, want it read, and less than a block below %d", len(longest), err, authjs.MaxTokenLength)
	}
}

// TK-6
func TestSecretsRotate(t *testing.T) {
	const fresh = "fedcba9876543210fedcba9876543210"
	before, during, after := newCodec(t, salt, secret), newCodec(t, salt, fresh, secret), newCodec(t, salt, fresh)

	old := encode(t, before, ada())
	claims, err := during.Decode(old, noon)
	if err != nil {
		t.Fatalf("[new, old].Decode(token of old) = %v, want it read", err)
	}
	if _, err := after.Decode(old, noon); !errors.Is(err, authjs.ErrInvalid) {
		t.Errorf("[new].Decode(token of old) = %v, want ErrInvalid", err)
	}
	reissued := encode(t, during, claims)
	if _, err := after.Decode(reissued, noon); err != nil {
		t.Errorf("[new].Decode(re-issued by [new, old]) = %v, want it read", err)
	}
	if _, err := before.Decode(reissued, noon); !errors.Is(err, authjs.ErrInvalid) {
		t.Errorf("[old].Decode(re-issued by [new, old]) = %v, want ErrInvalid", err)
	}
}

// TK-4, CF-3
func TestATokenOfOnePurposeIsRefusedByEveryOther(t *testing.T) {
	salts := []string{
		"authjs.session-token", "__Secure-authjs.session-token", "authjs.session-token.0", "authjs.state", "authjs.pkce.code_verifier",
		"verify-email", "reset-password",
	}
	for _, made := range salts {
		token := encode(t, newCodec(t, made, secret), ada())
		for _, read := range salts {
			_, err := newCodec(t, read, secret).Decode(token, noon)
			if made == read && err != nil || made != read && !errors.Is(err, authjs.ErrInvalid) {
				t.Errorf("Decode by %q of a token for %q = %v", read, made, err)
			}
		}
	}
}

// Run it with -race.
func TestACodecServesManyAtOnce(t *testing.T) {
	codec, want := newCodec(t, salt, secret), ada()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				token, err := codec.Encode(want)
				if err != nil {
					t.Errorf("Encode(ada) = %v", err)
				}
				if got, err := codec.Decode(token, noon); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("Decode(Encode(ada)) = %+v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkDecode(b *testing.B) {
	codec := newCodec(b, salt, secret)
	token := encode(b, codec, ada())
	for b.Loop() {
		if _, err := codec.Decode(token, noon); err != nil {
			b.Fatal(err)
		}
	}
}
