package authjs_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/authjs"
)

// TK-3, TK-7: nothing panics, and no mutation of a token is read as one.
func FuzzDecode(f *testing.F) {
	codec := newCodec(f, salt, secret)
	good := []string{sealOwn(f, goodPayload), sealOwn(f, `{"sub":"7","sid":"s_2","exp":1900000000}`)}
	for _, token := range good {
		p := strings.Split(token, ".")
		f.Add(token)
		f.Add(token[:len(token)/2])
		f.Add(token + "\n")
		f.Add(strings.Join([]string{p[0], "AAAA", p[2], p[3], p[4]}, "."))
		f.Add(`{"protected":"` + p[0] + `","iv":"` + p[2] + `","ciphertext":"` + p[3] + `","tag":"` + p[4] + `"}`)
	}
	f.Add("....")
	f.Add("Bearer %")
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := codec.Decode(token, noon)
		if err == nil && !slices.Contains(good, token) {
			t.Fatalf("Decode(%q) = %+v, want it refused: we never made it", token, claims)
		}
		if err != nil && (!errors.Is(err, authjs.ErrInvalid) || !reflect.DeepEqual(claims, authjs.Claims{})) {
			t.Fatalf("Decode(%q) = %+v, %v, want no claims and ErrInvalid", token, claims, err)
		}
	})
}

// TK-7: behind the seal too, nothing panics, and what is read once stays the same from
// the first re-issue on.
func FuzzPayload(f *testing.F) {
	codec := newCodec(f, salt, secret)
	for _, payload := range []string{
		goodPayload, `{}`, `null`, `[]`, `{"sub":"42","sid":"s_1","exp":1.9e9,"vat":1700000000.5,"x":{"y":[1,null,"<\u2028\ud800>"]}}`,
		`{"sub":"42","sid":"s_1","exp":1900000000,"iat":-1}`, `{"sub":"\u0000","sid":"\ud83d\ude00","exp":253402300799,"nbf":0,"":""}`,
	} {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		first, err := codec.Decode(sealOwn(t, payload), noon)
		if err != nil {
			if !errors.Is(err, authjs.ErrInvalid) && !errors.Is(err, authjs.ErrExpired) {
				t.Fatalf("Decode(%q) = %v, want ErrInvalid or ErrExpired", payload, err)
			}
			return
		}
		second, ok := reissue(t, codec, first)
		if !ok {
			return
		}
		if third, ok := reissue(t, codec, second); !ok || !reflect.DeepEqual(third, second) {
			t.Fatalf("a second re-issue of %q = %+v, want %+v", payload, third, second)
		}
	})
}

// reissue encodes and decodes. It is not ok where that may fail: for a token that grew
// too long, or when rounding down ended it.
func reissue(t *testing.T, codec *authjs.Codec, claims authjs.Claims) (authjs.Claims, bool) {
	t.Helper()
	token, err := codec.Encode(claims)
	if errors.Is(err, authjs.ErrTooLarge) {
		return authjs.Claims{}, false
	}
	if err != nil {
		t.Fatalf("Encode(%+v) = %v, though Decode read it", claims, err)
	}
	again, err := codec.Decode(token, noon)
	if err != nil && !errors.Is(err, authjs.ErrExpired) {
		t.Fatalf("Decode(Encode(%+v)) = %v, though Decode read it", claims, err)
	}
	return again, err == nil
}

// CK-5: nothing panics, and cookies under other names change nothing.
func FuzzCandidates(f *testing.F) {
	for _, cookies := range []string{
		"", salt + "=base", salt + ".0=a; " + salt + ".1=b", salt + "=a; " + salt + "=b", salt + ".01=x; " + salt + ".-1=y; " + salt + "X=z",
		salt + "=%7C; " + salt + ".0=%", salt + `="q"; ;;=; ` + salt + "==",
	} {
		f.Add(cookies)
	}
	cookie := authjs.SessionCookie(false)
	f.Fuzz(func(t *testing.T, cookies string) {
		if strings.Count(cookies, ";") > 2900 {
			return // net/http reads 3,000 cookies or none, and this test adds some
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Cookie"] = []string{cookies}
		got := cookie.Candidates(r)
		if len(got) > authjs.MaxCandidates || slices.Contains(got, "") {
			t.Fatalf("Candidates(%q) = %q, want at most eight, none empty", cookies, got)
		}
		if got != nil && cookie.Carried(r) == nil {
			t.Fatalf("Carried(%q) names no cookie, though there are candidates", cookies)
		}
		r.Header["Cookie"] = []string{salt + "X=evil; " + salt + ".01=evil; " + salt + ".4=evil", cookies, salt + ".=evil"}
		if with := cookie.Candidates(r); !slices.Equal(with, got) {
			t.Fatalf("Candidates(%q) = %q, with cookies of other names %q", cookies, got, with)
		}
	})
}
