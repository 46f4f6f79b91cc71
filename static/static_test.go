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

	"github.com/andybalholm/brotli"
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
		"gzip": "gzip", "gzip, deflate, br, zstd": "br", "br, gzip;q=0.5": "br", "br;q=0.5, gzip": "gzip", "br;q=0, *": "gzip",
		"*": "br", "GZIP": "gzip", "x-gzip": "gzip", "Br": "br", "*, gzip;q=0": "br", "gzip ; q=0.1": "gzip",
		"": "", "gzip;q=0": "", "*, gzip;q=0, br;q=0": "", "identity, *;q=0": "", "gzip;q=x": "", "br;q=2": "", "br;q=nan": "", "zstd": "", "x-br": "",
	} {
		res := get(t, "GET", URL("app.css"), "Accept-Encoding", accept)
		if got := res.Header.Get("Content-Encoding"); got != want || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("with Accept-Encoding %q: encoding %q, Vary %q, want %q, Accept-Encoding", accept, got, res.Header.Get("Vary"), want)
		}
	}
}

func TestACompressedFileIsTheSameFile(t *testing.T) {
	for coding, unpack := range map[string]func(io.Reader) io.Reader{
		"gzip": func(r io.Reader) io.Reader {
			z, err := gzip.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
		"br": func(r io.Reader) io.Reader { return brotli.NewReader(r) },
	} {
		for _, name := range []string{"site.css", "session.js", "site.webmanifest"} {
			plain, packed := get(t, "GET", URL(name)), get(t, "GET", URL(name), "Accept-Encoding", coding)
			want, _ := io.ReadAll(plain.Body)
			got, err := io.ReadAll(unpack(packed.Body))
			if err != nil || !bytes.Equal(got, want) || len(want) == 0 {
				t.Errorf("%s in %s unpacks to %d bytes (%v), want the %d of the plain file", name, coding, len(got), err, len(want))
			}
			if packed.ContentLength <= 0 || packed.ContentLength >= plain.ContentLength {
				t.Errorf("%s in %s is %d bytes long, plain %d, want fewer and known", name, coding, packed.ContentLength, plain.ContentLength)
			}
		}
	}
}

// The bundle is its parts: changing one of them changes the address of the bundle.
func TestTheStylesheetIsTheProjectsRulesAndThenOat(t *testing.T) {
	body, _ := io.ReadAll(get(t, "GET", URL("site.css")).Body)
	own, _ := io.ReadAll(get(t, "GET", URL("app.css")).Body)
	oat, _ := io.ReadAll(get(t, "GET", URL("vendor/oat.min.css")).Body)
	if want := string(own) + "\n" + string(oat) + "\n"; string(body) != want || len(own) == 0 || len(oat) == 0 {
		t.Errorf("site.css has %d bytes, want the %d of app.css and the %d of Oat", len(body), len(own), len(oat))
	}
	tree := func(rule string) fstest.MapFS {
		return fstest.MapFS{"app.css": {Data: []byte(rule)}, "vendor/oat.min.css": {Data: []byte("b{}")}}
	}
	if one, other := load(tree("a{}")).url("site.css"), load(tree("i{}")).url("site.css"); one == other || load(fstest.MapFS{}).url("site.css") != Prefix+"site.css" {
		t.Errorf("two stylesheets have the address %q and %q, want two", one, other)
	}
}

// RFC 9110 §8.8.1: a strong validator is one of the bytes that are sent.
func TestEachEncodingHasItsOwnETag(t *testing.T) {
	plain := get(t, "GET", Prefix+"app.css").Header.Get("ETag")
	packed := get(t, "GET", Prefix+"app.css", "Accept-Encoding", "gzip").Header.Get("ETag")
	br := get(t, "GET", Prefix+"app.css", "Accept-Encoding", "br").Header.Get("ETag")
	if plain == packed || plain == br || br == packed || strings.HasPrefix(packed+br, "W/") {
		t.Errorf("ETags %s plain, %s in gzip and %s in brotli, want three strong ones", plain, packed, br)
	}
	for _, c := range []struct {
		accept, etag string
		want         int
	}{{"gzip", packed, 304}, {"br", br, 304}, {"br", packed, 200}, {"br", plain + ", " + br, 304}, {"gzip", "*", 304}, {"gzip", plain, 200}, {"", plain, 304}, {"", packed, 200}} {
		res := get(t, "GET", Prefix+"app.css", "Accept-Encoding", c.accept, "If-None-Match", c.etag)
		if res.StatusCode != c.want || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q with If-None-Match %s = %d, Vary %q, want %d, Accept-Encoding", c.accept, c.etag, res.StatusCode, res.Header.Get("Vary"), c.want)
		}
	}
}

// A download that goes on later, with another encoding accepted, still fits.
func TestARangeIsOneOfThePlainBytes(t *testing.T) {
	res := get(t, "GET", URL("app.css"), "Accept-Encoding", "gzip, br", "Range", "bytes=0-9")
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 206 || res.Header.Get("Content-Encoding") != "" || string(body) != "/*\n * The " {
		t.Errorf("a range = %d, encoding %q, %q, want 206 of the plain bytes", res.StatusCode, res.Header.Get("Content-Encoding"), body)
	}
}

func TestARangeBehindTheEndIsRefusedWithoutText(t *testing.T) {
	for _, asked := range []string{"bytes=9999999-", "bytes=x", "bytes=5-2"} {
		res := get(t, "GET", URL("app.css"), "Range", asked)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusRequestedRangeNotSatisfiable || len(body) != 0 || res.Header.Get("Content-Type") != "" {
			t.Errorf("Range %s = %d, %q of type %q, want 416 and nothing", asked, res.StatusCode, body, res.Header.Get("Content-Type"))
		}
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
