package authjs_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/authjs"
)

// other is the secret that stands in front of ours in the vectors' list.
const other = "fedcba9876543210fedcba9876543210"

func csrfVector(t *testing.T, name string) (cookie, token string) {
	t.Helper()
	unmarshal(t, vectors(t)[name], &cookie)
	token, _, _ = strings.Cut(cookie, "|")
	return cookie, token
}

func TestCSRFCookiesOfAuthJSOpen(t *testing.T) {
	single, token := csrfVector(t, "csrf_single")
	array, _ := csrfVector(t, "csrf_array")
	for _, test := range []struct {
		name    string
		secrets []string
		cookie  string
		want    bool
	}{
		{"one secret", []string{secret}, single, true},
		{"a list of secrets", []string{other, secret}, array, true},
		{"one secret of our list, the last", []string{other, secret}, single, true},
		{"one secret of our list, the first", []string{secret, other}, single, true},
		{"the list in another order", []string{secret, other}, array, false},
		{"a list, with one secret of it", []string{secret}, array, false},
		{"another secret", []string{other}, single, false},
		{"no secret", nil, single, false},
		{"an empty secret among ours", []string{"", secret}, single, true},
	} {
		for spelling, cookie := range map[string]string{"raw": test.cookie, "encoded": authjs.EncodeValue(test.cookie)} {
			got, ok := authjs.NewCSRF(test.secrets...).Open(cookie)
			if ok != test.want || ok && got != token || !ok && got != "" {
				t.Errorf("Open(%s, %s) = %q, %v, want %v", test.name, spelling, got, ok, test.want)
			}
		}
	}
}

// The vectors were made over this text, so a change of the separator shows here.
func TestTheListOfSecretsIsJoinedWithCommas(t *testing.T) {
	var joined string
	unmarshal(t, vectors(t)["csrf_array_input_suffix"], &joined)
	array, _ := csrfVector(t, "csrf_array")
	if _, ok := authjs.NewCSRF(joined).Open(array); !ok || joined != other+","+secret {
		t.Errorf("Open(array form) under %q = %v, want true", joined, ok)
	}
}

func TestATamperedCSRFCookieIsRefused(t *testing.T) {
	good, token := csrfVector(t, "csrf_single")
	hash := good[len(token)+1:]
	csrf := authjs.NewCSRF(secret)
	for _, cookie := range []string{
		"", "|", token, token + "|", "|" + hash, token + hash, hash + "|" + token, good + "0", good[:len(good)-1], good + "|", " " + good,
		strings.Replace(good, "a", "b", 1), token + "|" + strings.ToUpper(hash), token + "%|" + hash, token + "%7" + hash,
		sign(t, "", secret), sign(t, "aaaa", secret), sign(t, token+"a", secret), sign(t, strings.Repeat("x", 64), secret), sign(t, token, ""),
	} {
		if got, ok := csrf.Open(cookie); ok || got != "" {
			t.Errorf("Open(%q) = %q, %v, want it refused", cookie, got, ok)
		}
	}
}

// The hash covers token and secret without a separator, so this cookie has a valid hash
// under the second secret alone.
func TestATokenCannotBorrowFromTheSecret(t *testing.T) {
	_, token := csrfVector(t, "csrf_array")
	array, _ := csrfVector(t, "csrf_array")
	shifted := token + other + "," + array[len(token):]
	if got, ok := authjs.NewCSRF(secret).Open(shifted); ok {
		t.Errorf("Open(shifted) = %q, true, want it refused", got)
	}
}

func TestMintedTokensOpenAndDiffer(t *testing.T) {
	csrf := authjs.NewCSRF(other, secret)
	form, seen := regexp.MustCompile(`^[0-9a-f]{64}$`), map[string]bool{}
	for range 100 {
		token, cookie := csrf.Mint()
		if !form.MatchString(token) || seen[token] {
			t.Fatalf("Mint() = %q, want 64 new hexadecimal characters", token)
		}
		seen[token] = true
		if got, ok := csrf.Open(cookie); !ok || got != token {
			t.Errorf("Open(minted) = %q, %v, want %q", got, ok, token)
		}
		// Auth.js with the same list hashes all of it, so ours must be the joined form.
		if got, ok := authjs.NewCSRF(other + "," + secret).Open(cookie); !ok || got != token {
			t.Errorf("Open(minted, joined form only) = %q, %v, want %q", got, ok, token)
		}
	}
}

func TestWithoutASecretNothingOpens(t *testing.T) {
	for _, csrf := range []authjs.CSRF{{}, authjs.NewCSRF(), authjs.NewCSRF(""), authjs.NewCSRF("", "")} {
		token, cookie := csrf.Mint()
		for _, cookie := range []string{cookie, sign(t, token, ""), sign(t, token, ",")} {
			if got, ok := csrf.Open(cookie); ok {
				t.Errorf("Open(%q) without a secret = %q, true, want it refused", cookie, got)
			}
		}
	}
}

// CK-2
func TestTheNamesOfTheOtherCookies(t *testing.T) {
	got := []string{
		authjs.CSRFCookieName(false), authjs.CSRFCookieName(true), authjs.CallbackCookieName(false), authjs.CallbackCookieName(true),
	}
	want := []string{"authjs.csrf-token", "__Host-authjs.csrf-token", "authjs.callback-url", "__Secure-authjs.callback-url"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("name %d = %q, want %q", i, got[i], want[i])
		}
	}
}

// sign makes the cookie of a token with this text behind it.
func sign(t *testing.T, token, suffix string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(token + suffix))
	return token + "|" + hex.EncodeToString(sum[:])
}
