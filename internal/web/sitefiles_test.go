package web_test

import (
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/web/webtest"
	"latchkey/static"
)

func TestSiteFiles(t *testing.T) {
	b := webtest.OnMemory(t).Browser()
	for path, want := range map[string]struct{ kind, text string }{
		"/favicon.ico":              {"image/x-icon", ""},
		"/apple-touch-icon.png":     {"image/png", ""},
		"/robots.txt":               {"text/plain; charset=utf-8", "Disallow: /account/"},
		"/.well-known/security.txt": {"text/plain; charset=utf-8", "Contact: mailto:"},
	} {
		a := b.Get(path).Shows(200, want.text)
		if got := a.Header.Get("Content-Type"); got != want.kind || len(a.Text) == 0 {
			t.Errorf("%s is %d bytes of %q, want some of %q", path, len(a.Text), got, want.kind)
		}
	}
	// RFC 9116 §2.5: both fields, and a date that has not passed.
	text := b.Get("/.well-known/security.txt").Text
	if !regexp.MustCompile(`(?m)^Expires: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`).MatchString(text) {
		t.Errorf("security.txt has no date of the form of RFC 3339: %s", text)
	}
}

// What is wrong under /static/ is answered by the page that all errors have.
func TestStaticErrorsArePages(t *testing.T) {
	b := webtest.OnMemory(t).Browser()
	for request, status := range map[string]int{
		"GET /static/nowhere.css": 404, "GET /static/": 404, "GET /static/../x": 404, "GET /static/%2e%2e/x": 404, "POST " + static.URL("app.css"): 405,
	} {
		method, path, _ := strings.Cut(request, " ")
		a := b.Do(method, path, "", "").Shows(status, "<!doctype html>", `class="brand"`)
		if cache := a.Header.Get("Cache-Control"); !strings.Contains(cache, "no-store") {
			t.Errorf("%s: Cache-Control %q, want no-store: the next release may have the file", request, cache)
		}
		if allow := a.Header.Get("Allow"); status == 405 && allow != "GET, HEAD" {
			t.Errorf("%s: Allow %q, want GET, HEAD", request, allow)
		}
	}
}
