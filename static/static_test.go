package static

import (
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
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestURLCarriesAHashOfTheContent(t *testing.T) {
	for name, want := range map[string]string{
		"app.css":             `^/static/app\.[0-9a-f]{10}\.css$`,
		"app.js":              `^/static/app\.[0-9a-f]{10}\.js$`,
		"favicon.svg":         `^/static/favicon\.[0-9a-f]{10}\.svg$`,
		"vendor/pico.min.css": `^/static/vendor/pico\.min\.[0-9a-f]{10}\.css$`,
		"no-such-file.css":    `^/static/no-such-file\.css$`,
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
		"app.css":                "text/css; charset=utf-8",
		"app.js":                 "text/javascript; charset=utf-8",
		"favicon.svg":            "image/svg+xml; charset=utf-8",
		"vendor/pico.LICENSE.md": "text/plain; charset=utf-8",
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

func TestOnlyReadingIsAllowed(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE"} {
		res := get(t, method, Prefix+"app.css")
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s = %d, Allow %q, want 405, GET, HEAD", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

// HD-6: no listing, no way out of the tree, no file that is not meant for browsers.
func TestEverythingElseIsNotFound(t *testing.T) {
	stale := strings.Replace(Prefix+"app.css", ".css", ".0000000000.css", 1)
	for _, target := range []string{
		"/static/", "/static/vendor", "/static/vendor/", "/static/vendor/VERSION", "/static/static.go",
		"/static/../static.go", "/static/%2e%2e/go.mod", "/static//app.css", "/app.css", stale,
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
