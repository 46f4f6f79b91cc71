package authjs_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

var (
	expiry      = time.Date(2026, 12, 23, 7, 49, 5, 0, time.UTC)
	lines       = func(h http.Header) []string { return h["Set-Cookie"] }
	plainCookie = authjs.SessionCookie(false)
)

// CK-1
func TestAShortValueIsOneCookieAndExpiresWhatTheRequestCarries(t *testing.T) {
	h := http.Header{}
	if err := plainCookie.Write(h, "abc", expiry, salt+".1", salt, salt+".4"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"authjs.session-token.1=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		"authjs.session-token.4=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		"authjs.session-token=abc; Path=/; Expires=Wed, 23 Dec 2026 07:49:05 GMT; HttpOnly; SameSite=Lax",
	}
	if got := lines(h); !slices.Equal(got, want) {
		t.Errorf("Write(abc) = %q, want %q", got, want)
	}
}

// CK-1, CK-4: compare "update big" in the recorded exchanges of Auth.js: the full chunks'
// lines have 4,030 characters there.
func TestALongValueIsChunksAndExpiresTheRest(t *testing.T) {
	h := http.Header{}
	a, b, c := strings.Repeat("a", authjs.ChunkSize), strings.Repeat("b", authjs.ChunkSize), "c"
	if err := plainCookie.Write(h, a+b+c, expiry, salt, salt+".0", salt+".3"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"authjs.session-token=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		"authjs.session-token.3=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		"authjs.session-token.0=" + a + "; Path=/; Expires=Wed, 23 Dec 2026 07:49:05 GMT; HttpOnly; SameSite=Lax",
		"authjs.session-token.1=" + b + "; Path=/; Expires=Wed, 23 Dec 2026 07:49:05 GMT; HttpOnly; SameSite=Lax",
		"authjs.session-token.2=c; Path=/; Expires=Wed, 23 Dec 2026 07:49:05 GMT; HttpOnly; SameSite=Lax",
	}
	if got := lines(h); !slices.Equal(got, want) {
		t.Errorf("Write(long) = %.90q, want %.90q", got, want)
	}
	if got := len(lines(h)[2]); got != 4030 {
		t.Errorf("length of the first chunk's line = %d, want 4030", got)
	}
}

// CK-1, CK-4
func TestClearExpiresWhatTheRequestCarriesWithTheSameAttributes(t *testing.T) {
	h, cookie := http.Header{}, authjs.SessionCookie(true)
	cookie.Clear(h, cookie.Name, cookie.Name+".0", cookie.Name+".12")
	want := []string{
		"__Secure-authjs.session-token=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		"__Secure-authjs.session-token.0=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		"__Secure-authjs.session-token.12=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
	}
	if got := lines(h); !slices.Equal(got, want) {
		t.Errorf("Clear(three names) = %q, want %q", got, want)
	}
}

// A neighbour can plant more cookies than an answer's header has room for.
func TestOneAnswerExpiresFiveCookies(t *testing.T) {
	carried := plainCookie.Carried(requestWith("N=x; N.0=x; N.1=x; N.2=x; N.3=x; N.4=x; N.5=x; N.6=x"))
	for name, add := range map[string]func(http.Header){
		"Write": func(h http.Header) { plainCookie.Write(h, "abc", expiry, carried...) },
		"Clear": func(h http.Header) { plainCookie.Clear(h, carried...) },
	} {
		h := http.Header{}
		add(h)
		if got := len(lines(h)) - len(written(h)); got != 5 {
			t.Errorf("%s expires %d of 8 cookies, want 5", name, got)
		}
	}
}

func TestHeaderBytesIsTheMostThatWriteAdds(t *testing.T) {
	cookie := authjs.SessionCookie(true)
	for _, size := range []int{1, 43, authjs.ChunkSize, authjs.ChunkSize + 1, authjs.MaxTokenLength} {
		h, value := http.Header{}, strings.Repeat("a", size)
		if err := cookie.Write(h, value, expiry, cookie.Name+".4", cookie.Name+".5", cookie.Name+".6", cookie.Name+".7", cookie.Name+".8"); err != nil {
			t.Fatal(err)
		}
		var wire strings.Builder
		h.Write(&wire)
		if got := cookie.HeaderBytes(value, authjs.MaxRemoved); got < wire.Len() || got > wire.Len()+2 {
			t.Errorf("HeaderBytes(%d characters) = %d, want the %d that Write adds, or two more for the name of a chunk", size, got, wire.Len())
		}
	}
}

func TestWriteAddsToTheHeadersThatAreThere(t *testing.T) {
	h := http.Header{"Set-Cookie": {"theme=dark"}}
	if err := plainCookie.Write(h, "abc", expiry); err != nil || lines(h)[0] != "theme=dark" {
		t.Errorf("Write = %v, first line %q, want theme=dark kept", err, lines(h)[0])
	}
}

func TestWithoutAnExpiryTheCookieEndsWithTheBrowser(t *testing.T) {
	h := http.Header{}
	if err := authjs.SessionCookie(true).Write(h, "abc", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got, want := lines(h)[0], "__Secure-authjs.session-token=abc; Path=/; HttpOnly; Secure; SameSite=Lax"; got != want {
		t.Errorf("Write(no expiry) = %q, want %q", got, want)
	}
}

// CK-3
func TestChunksBeginAboveChunkSizeAndEndAtFour(t *testing.T) {
	for size, want := range map[int]int{
		1: 1, authjs.ChunkSize: 1, authjs.ChunkSize + 1: 2, 2 * authjs.ChunkSize: 2, 2*authjs.ChunkSize + 1: 3,
		authjs.MaxTokenLength: 4,
	} {
		h := http.Header{}
		if err := plainCookie.Write(h, strings.Repeat("a", size), expiry); err != nil {
			t.Errorf("Write(%d characters) = %v", size, err)
		}
		if got := len(written(h)); got != want || len(lines(h)) != want {
			t.Errorf("Write(%d characters) fills %d cookies of %d lines, want %d", size, got, len(lines(h)), want)
		}
	}
	for _, size := range []int{authjs.MaxTokenLength + 1, 1 << 20} {
		h := http.Header{}
		if err := plainCookie.Write(h, strings.Repeat("a", size), expiry); !errors.Is(err, authjs.ErrTooLarge) || len(h) > 0 {
			t.Errorf("Write(%d characters) = %v with %d lines, want ErrTooLarge and none", size, err, len(lines(h)))
		}
	}
}

// CK-3: also when every character needs an escape, and for the longest name.
func TestChunksCountsTheCookiesOfAValue(t *testing.T) {
	for length, want := range map[int]int{1: 1, authjs.ChunkSize: 1, authjs.ChunkSize + 1: 2, 3*authjs.ChunkSize + 1: 4} {
		if got := authjs.Chunks(strings.Repeat("x", length)); got != want {
			t.Errorf("Chunks of %d characters = %d, want %d", length, got, want)
		}
	}
}

func TestNoCookieExceedsTheLimitOfBrowsers(t *testing.T) {
	cookie := authjs.Cookie{Name: strings.Repeat("n", 158)}
	for _, value := range []string{strings.Repeat("a", 15_000), strings.Repeat("|", 5_000), strings.Repeat("€", 1_500), strings.Repeat("a😀", 1_000)} {
		h := http.Header{}
		if err := cookie.Write(h, value, expiry); err != nil {
			t.Fatalf("Write(%.8q…) = %v", value, err)
		}
		for _, c := range written(h) {
			if got := len(c.Name) + len(c.Value); got > 4096 {
				t.Errorf("name and value of a chunk of %.8q… = %d octets, want at most 4096", value, got)
			}
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, c := range written(h) {
			r.AddCookie(c)
		}
		if got := cookie.Candidates(r); len(got) == 0 || got[0] != value {
			t.Errorf("Candidates(what Write(%.8q…) wrote) = %.8q…, want the value", value, got)
		}
	}
}

func TestWriteRefusesWhatWouldBeDroppedInSilence(t *testing.T) {
	for name, test := range map[string]struct{ cookie, value string }{
		"no name":       {"", "abc"},
		"a broken name": {"a b", "abc"},
		"a long name":   {strings.Repeat("n", 159), "abc"},
		"no value":      {salt, ""},
	} {
		h := http.Header{}
		if err := (authjs.Cookie{Name: test.cookie}).Write(h, test.value, expiry); err == nil || len(h) > 0 {
			t.Errorf("Write(%s) = %v with %q, want an error and no line", name, err, lines(h))
		}
	}
}

// written are the cookies that are set, not expired.
func written(h http.Header) []*http.Cookie {
	cookies := (&http.Response{Header: h}).Cookies()
	return slices.DeleteFunc(cookies, func(c *http.Cookie) bool { return c.MaxAge < 0 })
}
