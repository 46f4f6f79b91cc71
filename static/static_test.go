package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	return w.Result()
}

func TestURLCarriesAHashOfTheContent(t *testing.T) {
	for name, want := range map[string]string{
		"app.css":            `^/static/app\.[0-9a-f]{10}\.css$`,
		"app.js":             `^/static/app\.[0-9a-f]{10}\.js$`,
		"favicon.svg":        `^/static/favicon\.[0-9a-f]{10}\.svg$`,
		"vendor/oat.min.css": `^/static/vendor/oat\.min\.[0-9a-f]{10}\.css$`,
		"no-such-file.css":   `^/static/no-such-file\.css$`,
	} {
		if got := URL(name); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("URL(%q) = %q, want a match of %s", name, got, want)
		}
	}
}

func TestAnotherContentGetsAnotherAddress(t *testing.T) {
	tree := func(body string) fstest.MapFS { return fstest.MapFS{"a.css": {Data: []byte(body)}} }
	one, same, other := load(tree("x")).url("a.css"), load(tree("x")).url("a.css"), load(tree("y")).url("a.css")
	if one != same {
		t.Errorf("the same content has addresses %q and %q, want one", one, same)
	}
	if one == other {
		t.Errorf("two contents share the address %q, want two", one)
	}
}

func TestHashedNamesAreKeptAndPlainNamesAreChecked(t *testing.T) {
	for target, want := range map[string]string{
		URL("app.css"):     "public, max-age=31536000, immutable",
		Prefix + "app.css": "no-cache",
	} {
		res := get(t, "GET", target)
		if got := res.Header.Get("Cache-Control"); res.StatusCode != 200 || got != want {
			t.Errorf("GET %s = %d with Cache-Control %q, want 200 with %q", target, res.StatusCode, got, want)
		}
	}
}

// HD-2: every type is declared, with its charset.
func TestContentTypesAreDeclared(t *testing.T) {
	for name, want := range map[string]string{
		"app.css":               "text/css; charset=utf-8",
		"app.js":                "text/javascript; charset=utf-8",
		"favicon.svg":           "image/svg+xml; charset=utf-8",
		"vendor/oat.LICENSE.md": "text/plain; charset=utf-8",
		"vendor/geist.woff2":    "font/woff2",
		"site.webmanifest":      "application/manifest+json",
	} {
		if got := get(t, "GET", URL(name)).Header.Get("Content-Type"); got != want {
			t.Errorf("Content-Type of %s = %q, want %q", name, got, want)
		}
	}
}

func TestAKnownETagIsAnsweredWithoutABody(t *testing.T) {
	etag := get(t, "GET", Prefix+"app.css").Header.Get("ETag")
	res := get(t, "GET", Prefix+"app.css", "If-None-Match", etag)
	if etag == "" || res.StatusCode != http.StatusNotModified {
		t.Errorf("GET with If-None-Match %q = %d, want 304", etag, res.StatusCode)
	}
}

func TestHeadAnswersLikeGetWithoutTheBody(t *testing.T) {
	res := get(t, "HEAD", URL("app.css"))
	if res.StatusCode != 200 || res.ContentLength <= 0 {
		t.Errorf("HEAD = %d, length %d, want 200 and the length of the file", res.StatusCode, res.ContentLength)
	}
}

func TestTextIsCompressedForClientsThatTakeIt(t *testing.T) {
	for accept, want := range map[string]string{
		"gzip": "gzip", "br, gzip;q=0.5": "gzip", "*": "gzip", "GZIP": "gzip", "x-gzip": "gzip",
		"": "", "br": "", "gzip;q=0": "", "*, gzip;q=0": "", "identity, *;q=0": "", "gzip;q=x": "",
	} {
		res := get(t, "GET", URL("app.css"), "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding"); got != want || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("with Accept-Encoding %q: encoding %q, Vary %q, want %q, Accept-Encoding", accept, got, res.Header.Get("Vary"), want)
		}
	}
}

func TestACompressedFileIsTheSameFile(t *testing.T) {
	plain, packed := get(t, "GET", URL("app.css")), get(t, "GET", URL("app.css"), "Accept-Encoding", "gzip")
	want, _ := io.ReadAll(plain.Body)
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("unpacked %d bytes (%v), want the %d of the plain file", len(got), err, len(want))
	}
	if packed.ContentLength <= 0 || packed.ContentLength >= plain.ContentLength {
		t.Errorf("packed it is %d bytes long, plain %d, want fewer and known", packed.ContentLength, plain.ContentLength)
	}
}

// RFC 9110 §8.8.1: a strong validator is one of the bytes that are sent.
func TestEachEncodingHasItsOwnETag(t *testing.T) {
	plain := get(t, "GET", Prefix+"app.css").Header.Get("ETag")
	packed := get(t, "GET", Prefix+"app.css", "Accept-Encoding", "gzip").Header.Get("ETag")
	if plain == packed || strings.HasPrefix(packed, "W/") {
		t.Errorf("ETags %s plain and %s packed, want two strong ones", plain, packed)
	}
	for _, c := range []struct {
		accept, etag string
		want         int
	}{{"gzip", packed, 304}, {"gzip", plain, 200}, {"", plain, 304}, {"", packed, 200}} {
		res := get(t, "GET", Prefix+"app.css", "Accept-Encoding", c.accept, "If-None-Match", c.etag)
		if res.StatusCode != c.want || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q with If-None-Match %s = %d, Vary %q, want %d, Accept-Encoding", c.accept, c.etag, res.StatusCode, res.Header.Get("Vary"), c.want)
		}
	}
}

// A download that goes on later, with another encoding accepted, still fits.
func TestARangeIsOneOfThePlainBytes(t *testing.T) {
	res := get(t, "GET", URL("app.css"), "Accept-Encoding", "gzip", "Range", "bytes=0-9")
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 206 || res.Header.Get("Content-Encoding") != "" || string(body) != "/*\n * The " {
		t.Errorf("a range = %d, encoding %q, %q, want 206 of the plain bytes", res.StatusCode, res.Header.Get("Content-Encoding"), body)
	}
}

func TestPicturesAndFontsAreNotCompressedAgain(t *testing.T) {
	for _, name := range []string{"vendor/geist.woff2", "social.png"} {
		if res := get(t, "GET", URL(name), "Accept-Encoding", "gzip"); res.Header.Get("Content-Encoding") != "" || res.Header.Get("Vary") != "" {
			t.Errorf("%s has encoding %q and Vary %q, want none", name, res.Header.Get("Content-Encoding"), res.Header.Get("Vary"))
		}
	}
}

// The page preloads the font under the address that the stylesheet has for it.
func TestAStylesheetNamesHashedAddresses(t *testing.T) {
	css, _ := io.ReadAll(get(t, "GET", URL("app.css")).Body)
	if !bytes.Contains(css, []byte(URL("vendor/geist.woff2"))) || bytes.Contains(css, []byte(Prefix+"vendor/geist.woff2")) {
		t.Error("app.css does not name the font by its hashed address alone")
	}
}

// HD-6: no listing, no way out of the tree, no file that is not meant for browsers.
func TestEverythingElseIsNotFound(t *testing.T) {
	for _, target := range []string{
		"/static/", "/static/vendor", "/static/vendor/", "/static/vendor/VERSION", "/static/static.go",
		"/static/../static.go", "/static/%2e%2e/go.mod", "/static//app.css", "/app.css",
	} {
		if res := get(t, "GET", target); res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", target, res.StatusCode)
		}
	}
}

// session.js is read by people: its code, without its comments, stays small. A
// quarter of it is for browsers that lack a feature, for servers that want to be
// left alone and for a leading tab that is stuck; without that it had 8,000 bytes.
func TestSessionJSIsSmall(t *testing.T) {
	source, err := files.ReadFile("session.js")
	if err != nil {
		t.Fatal(err)
	}
	comments := regexp.MustCompile(`(?ms)/\*.*?\*/|(?:^|\s)// .*?$`)
	code := regexp.MustCompile(`\n\s*\n+`).ReplaceAll(comments.ReplaceAll(source, nil), []byte("\n"))
	if len(code) >= 10500 || len(code) < 4000 {
		t.Errorf("session.js has %d bytes without its comments, want fewer than 10,500 and more than a part of it", len(code))
	}
}
