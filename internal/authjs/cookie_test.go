package authjs_test

import (
	"fmt"
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
	}{
		{"no cookie", "", nil},
		{"only others", "a=1; authjs.csrf-token=x", nil},
		{"the base", "a=1; N=base; b=2", []string{"base"}},
		{"one chunk", "N.0=a", []string{"a"}},
		{"all chunks", "N.0=a; N.1=b; N.2=c; N.3=d", []string{"abcd", "abc", "ab", "a"}},
		{"chunks in any order", "N.2=c; x=1; N.0=a; N.1=b", []string{"abc", "ab", "a"}},
		{"a stale chunk beside the base", "N=base; N.1=b", []string{"base"}},
		{"stale chunks from .0 beside the base", "N=base; N.0=a; N.1=b", []string{"ab", "base", "a"}},
		{"a stale last chunk", "N.0=a; N.1=b; N.2=stale", []string{"abstale", "ab", "a"}},
		{"a gap", "N.0=a; N.2=c", []string{"a"}},
		{"no .0", "N.1=b; N.2=c", nil},
		{"an empty chunk is a gap", "N.0=a; N.1=; N.2=c", []string{"a"}},
		{"an empty base", "N=", nil},

		{"the base twice, same value", "N=base; N=base", []string{"base"}},
		{"the base twice, other value", "N=base; N=evil", []string{"base", "evil"}},
		{"the base twice, other value first", "N=evil; N=base", []string{"evil", "base"}},
		{"the base twice, once empty", "N=base; N=", []string{"base"}},
		{"the same in the base and a chunk", "N=a; N.0=a", []string{"a"}},
		{"a chunk twice, same value", "N.0=a; N.1=b; N.0=a", []string{"ab", "a"}},
		{"a chunk twice, other value", "N.0=a; N.1=b; N.1=evil", []string{"ab", "aevil", "a"}},
		{"every chunk twice", "N.0=a; N.0=A; N.1=b; N.1=B", []string{"ab", "aB", "Ab", "AB", "a", "A"}},
		{"a stray chunk twice, other value", "N=base; N.3=a; N.3=b", []string{"base"}},

		{"nine values of the base", "N=1; N=2; N=3; N=4; N=5; N=6; N=7; N=8; N=9", []string{"1", "2", "3", "4", "5", "6", "7", "8"}},
		{"many chunks beside the base", "N.0=a; N.0=b; N.0=c; N.0=d; N.0=e; N.0=f; N.0=g; N.0=h; N.0=i; N=base",
			[]string{"a", "base", "b", "c", "d", "e", "f", "g"}},
		{"many values of the base beside a chunk", "N=1; N=2; N=3; N=4; N=5; N=6; N=7; N=8; N.0=a",
			[]string{"a", "1", "2", "3", "4", "5", "6", "7"}},

		{"a longer name", "NX=evil; N=base", []string{"base"}},
		{"only longer names", "NX=evil; N-legacy=evil; N.=evil; N.0.0=evil; N.x=evil; N0=evil", nil},
		{"a shorter name", "authjs.session-toke=evil", nil},
		{"another case", "Authjs.Session-Token=evil", nil},
		{"the other prefix", "__Secure-authjs.session-token=evil", nil},
		{"numbers that are not canonical", "N.00=e; N.01=e; N.+1=e; N.-1=e; N.1e0=e; N.0x0=e; N=base", []string{"base"}},
		{"only numbers that are not canonical", "N.00=e; N.01=e; N.-1=e", nil},
		{"numbers past the last chunk", "N.4=e; N.99999999999999999999=e", nil},
		{"a fifth chunk", "N.0=a; N.1=b; N.2=c; N.3=d; N.4=e", []string{"abcd", "abc", "ab", "a"}},

		{"an escape", "N=a%7Cb", []string{"a|b"}},
		{"the same value in two spellings", "N=a%7Cb; N=a|b", []string{"a|b"}},
		{"a bad escape", "N=a%7", []string{"a%7"}},
		{"an escape that is no UTF-8", "N=a%FF", []string{"a%FF"}},
		{"a plus", "N=a+b", []string{"a+b"}},
		{"quotes", `N="base"`, []string{"base"}},

		{"3,000 cookies", strings.Repeat("a=1; ", 2999) + "N=base", []string{"base"}},
		{"3,001 cookies", strings.Repeat("a=1; ", 3000) + "N=base", nil}, // net/http then reads none
	} {
		if got := plainCookie.Candidates(requestWith(test.cookies)); !slices.Equal(got, test.want) {
			t.Errorf("Candidates(%s) = %q, want %q", test.name, got, test.want)
		}
	}
}

// CK-5
func TestCarriedAreTheNamesThatWriteAndClearRemove(t *testing.T) {
	for cookies, want := range map[string]string{
		"":                               "",
		"a=1; authjs.csrf-token=x":       "",
		"N=x; N=y; a=1":                  "N",
		"N.3=x; N=; N.0=y":               "N.3 N N.0",
		"N.4=x; N.17=y":                  "N.4 N.17",
		"N.01=x; N.-1=x; N.=x; N.+1=x":   "",
		"NX=x; N-legacy=x; N.0.0=x; N.a": "",
		"N.99999999999999999999=x":       "",
	} {
		want = strings.ReplaceAll(want, "N", salt)
		if got := strings.Join(plainCookie.Carried(requestWith(cookies)), " "); got != want {
			t.Errorf("Carried(%s) = %s, want %s", cookies, got, want)
		}
	}
}

// CK-5
func TestCookiesInSeveralHeadersAreOneRequest(t *testing.T) {
	r := requestWith("N.0=a")
	r.Header.Add("Cookie", salt+".1=b")
	if got, want := plainCookie.Candidates(r), []string{"ab", "a"}; !slices.Equal(got, want) {
		t.Errorf("Candidates(two headers) = %q, want %q", got, want)
	}
	r.Header.Add("Cookie", salt+".0=other")
	if got, want := plainCookie.Candidates(r), []string{"ab", "otherb", "a", "other"}; !slices.Equal(got, want) {
		t.Errorf("Candidates(two headers that disagree) = %q, want %q", got, want)
	}
}

// The combinations of 12 values for each chunk are 20,736.
func TestCombinationsOfChunksAreBounded(t *testing.T) {
	var cookies strings.Builder
	for chunk := range authjs.MaxChunks {
		for value := range 12 {
			fmt.Fprintf(&cookies, "N.%d=%c; ", chunk, 'a'+value)
		}
	}
	r := requestWith(cookies.String())
	if got := testing.AllocsPerRun(1, func() { plainCookie.Candidates(r) }); got > 1000 {
		t.Errorf("Candidates of 48 chunks allocates %v times, want a bounded number of combinations", got)
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
		"junk of the same name":     {"N=x; N=y; N=SHORT", "Ada"},
		"junk as every chunk":       {"N.0=x; N.0=LONG0; N.1=LONG1; N.1=x; N.2=y; N.2=LONG2", long.Name},
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
