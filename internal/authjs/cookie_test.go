package authjs_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/authjs"
)

// requestWith is a request with one Cookie header, as a browser sends it. N stands for
// the name of the session cookie.
func requestWith(cookies string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Cookie", strings.ReplaceAll(cookies, "N", salt))
	return r
}

func TestTheDefaultNamesAreThoseOfAuthJS(t *testing.T) {
	for secure, want := range map[bool]string{false: "authjs.session-token", true: "__Secure-authjs.session-token"} {
		if got := authjs.SessionCookie(secure); got.Name != want || got.Secure != secure {
			t.Errorf("SessionCookie(%v) = %+v, want the name %s", secure, got, want)
		}
	}
}

// CK-5
func TestCandidates(t *testing.T) {
	for _, test := range []struct {
		name, cookies string
		want          []string
		present       bool
	}{
		{"no cookie", "", nil, false},
		{"only others", "a=1; authjs.csrf-token=x", nil, false},
		{"the base", "a=1; N=base; b=2", []string{"base"}, true},
		{"one chunk", "N.0=a", []string{"a"}, true},
		{"all chunks", "N.0=a; N.1=b; N.2=c; N.3=d", []string{"abcd", "abc", "ab", "a"}, true},
		{"chunks in any order", "N.2=c; x=1; N.0=a; N.1=b", []string{"abc", "ab", "a"}, true},
		{"a stale chunk beside the base", "N=base; N.1=b", []string{"base"}, true},
		{"stale chunks from .0 beside the base", "N=base; N.0=a; N.1=b", []string{"ab", "a", "base"}, true},
		{"a stale last chunk", "N.0=a; N.1=b; N.2=stale", []string{"abstale", "ab", "a"}, true},
		{"a gap", "N.0=a; N.2=c", []string{"a"}, true},
		{"no .0", "N.1=b; N.2=c", nil, true},
		{"an empty chunk is a gap", "N.0=a; N.1=; N.2=c", []string{"a"}, true},
		{"an empty base", "N=", nil, true},

		{"the base twice, same value", "N=base; N=base", []string{"base"}, true},
		{"the base twice, other value", "N=base; N=evil", nil, true},
		{"the base twice, other value first", "N=evil; N=base", nil, true},
		{"the base twice, once empty", "N=base; N=", nil, true},
		{"a chunk twice, same value", "N.0=a; N.1=b; N.0=a", []string{"ab", "a"}, true},
		{"a chunk twice, other value", "N.0=a; N.1=b; N.1=evil", nil, true},
		{"a stray chunk twice, other value", "N=base; N.3=a; N.3=b", nil, true},

		{"a longer name", "NX=evil; N=base", []string{"base"}, true},
		{"only longer names", "NX=evil; N-legacy=evil; N.=evil; N.0.0=evil; N.x=evil; N0=evil", nil, false},
		{"a shorter name", "authjs.session-toke=evil", nil, false},
		{"another case", "Authjs.Session-Token=evil", nil, false},
		{"the other prefix", "__Secure-authjs.session-token=evil", nil, false},
		{"numbers that are not canonical", "N.00=e; N.01=e; N.+1=e; N.-1=e; N.1e0=e; N.0x0=e; N=base", []string{"base"}, true},
		{"only numbers that are not canonical", "N.00=e; N.01=e; N.-1=e", nil, false},
		{"numbers past the last chunk", "N.4=e; N.99999999999999999999=e", nil, false},
		{"a fifth chunk", "N.0=a; N.1=b; N.2=c; N.3=d; N.4=e", []string{"abcd", "abc", "ab", "a"}, true},

		{"an escape", "N=a%7Cb", []string{"a|b"}, true},
		{"the same value in two spellings", "N=a%7Cb; N=a|b", []string{"a|b"}, true},
		{"a bad escape", "N=a%7", []string{"a%7"}, true},
		{"an escape that is no UTF-8", "N=a%FF", []string{"a%FF"}, true},
		{"a plus", "N=a+b", []string{"a+b"}, true},
		{"quotes", `N="base"`, []string{"base"}, true},

		{"3,000 cookies", strings.Repeat("a=1; ", 2999) + "N=base", []string{"base"}, true},
		{"3,001 cookies", strings.Repeat("a=1; ", 3000) + "N=base", nil, false}, // net/http then reads none
	} {
		cookie := authjs.SessionCookie(false)
		if got := cookie.Candidates(requestWith(test.cookies)); !slices.Equal(got, test.want) || (got == nil) != (test.want == nil) {
			t.Errorf("Candidates(%s) = %q, want %q", test.name, got, test.want)
		}
		if got := cookie.Present(requestWith(test.cookies)); got != test.present {
			t.Errorf("Present(%s) = %v, want %v", test.name, got, test.present)
		}
	}
}

// CK-5
func TestCookiesInSeveralHeadersAreOneRequest(t *testing.T) {
	r := requestWith("N.0=a")
	r.Header.Add("Cookie", salt+".1=b")
	if got, want := authjs.SessionCookie(false).Candidates(r), []string{"ab", "a"}; !slices.Equal(got, want) {
		t.Errorf("Candidates(two headers) = %q, want %q", got, want)
	}
	r.Header.Add("Cookie", salt+".0=evil")
	if got := authjs.SessionCookie(false).Candidates(r); got != nil {
		t.Errorf("Candidates(two headers that disagree) = %q, want nil", got)
	}
}

// CK-5: beside any leftovers, the session that was written last is among the candidates
// and no other token is read.
func TestAStrayChunkNeverHidesAGoodToken(t *testing.T) {
	codec, cookie := newCodec(t, salt, secret), authjs.SessionCookie(false)
	long := ada()
	long.Name = strings.Repeat("n", 6000)
	token := encode(t, codec, long)
	fill := strings.NewReplacer("N", salt, "SHORT", encode(t, codec, ada()), "LONG0", token[:authjs.ChunkSize],
		"LONG1", token[authjs.ChunkSize:2*authjs.ChunkSize], "LONG2", token[2*authjs.ChunkSize:])

	for name, test := range map[string]struct{ cookies, want string }{
		"stale .3":                  {"N.0=LONG0; N.1=LONG1; N.2=LONG2; N.3=SHORT", long.Name},
		"stale base":                {"N=stale; N.0=LONG0; N.1=LONG1; N.2=LONG2", long.Name},
		"stale .1":                  {"N=SHORT; N.1=LONG1", "Ada"},
		"stale .0":                  {"N=SHORT; N.0=LONG0", "Ada"},
		"stale .0 and .1":           {"N=SHORT; N.0=LONG0; N.1=LONG1", "Ada"},
		"stale chunks of all kinds": {"N.3=x; N.2=x; N.1=x; N.0=x; N=SHORT", "Ada"},
	} {
		r := requestWith("")
		r.Header.Set("Cookie", fill.Replace(test.cookies))
		var read []string
		for _, candidate := range cookie.Candidates(r) {
			if claims, err := codec.Decode(candidate, noon); err == nil {
				read = append(read, claims.Name)
			}
		}
		if !slices.Equal(read, []string{test.want}) {
			t.Errorf("names read with %s = %.20q, want only %.20q", name, read, test.want)
		}
	}
}
