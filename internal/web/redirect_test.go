package web

import (
	"net/url"
	"strings"
	"testing"
)

// RD-1: the known ways to make a redirect leave the site.
var hostileCallbacks = []string{
	"https://evil.example", "https://evil.example/", "http://evil.example/x", "//evil.example", "///evil.example", "////evil.example",
	`/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, `//\evil.example`, `https:\\evil.example`, `https:/\evil.example`,
	"/\tevil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\n/evil.example", " //evil.example", "//evil.example ", "/ /evil.example",
	"/\x00/evil.example", "/\x7f/evil.example", "/dash\x01board",
	"https:evil.example", "https:/evil.example", "https:///evil.example", "http:evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
	"data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:https://app.example/x", "file:///etc/passwd", "mailto:a@b.example", "ftp://app.example/",
	"https://app.example@evil.example/", "https://app.example:x@evil.example/", "https://user@app.example/", "https://app.example.evil.example/", "https://evil.example#app.example",
	"https://evil.example?app.example", "https://evil.example/app.example", "https://app.example:8443/", "http://app.example/", "https://app.example:443@evil.example/",
	"https://app.example%2eevil.example/", "https://app.example%00.evil.example/", "https://app.example\\.evil.example/", "https://app。example/", "https://ａpp.example/",
	"https://app.example//evil.example", "https://app.example///evil.example", "app.example", "evil.example", "dashboard", "./dashboard", "../dashboard", "?x=1", "#x", "", "/%zz", "%2f%2fevil.example",
	"https://[::1]/", "https://app.example:", "https://APP.example.evil.example", "/\u2028/evil.example", "/é", "HTTPS://evil.example/", "//app.example/dashboard",
	"/" + strings.Repeat("x", 100_000), "https://app.example/" + strings.Repeat("x", 100_000),
}

func TestHostileCallbacksNeverLeave(t *testing.T) {
	s := &site{origin: &url.URL{Scheme: "https", Host: "app.example"}}
	for _, raw := range hostileCallbacks {
		if path, ok := s.localPath(raw); ok {
			t.Errorf("localPath(%.60q) = %q, want it refused", raw, path)
		}
		if got := s.destination(raw); got != "/dashboard" {
			t.Errorf("destination(%.60q) = %q, want the dashboard", raw, got)
		}
	}
}

func TestLocalCallbacksAreKept(t *testing.T) {
	s := &site{origin: &url.URL{Scheme: "https", Host: "app.example"}}
	for raw, want := range map[string]string{
		"/":                               "/",
		"/account/sessions?done=one":      "/account/sessions?done=one",
		"/a%2Fb?q=%C3%A9#part":            "/a%2Fb?q=%C3%A9#part",
		"/search?next=//evil.example":     "/search?next=//evil.example",
		"https://app.example":             "/",
		"https://app.example/app?x=1":     "/app?x=1",
		"https://app.example/%2F/evil":    "/%2F/evil",
		"/.//evil.example":                "/.//evil.example", // a browser reads it as a path on our host
		"/%2f%2fevil.example":             "/%2f%2fevil.example",
		"/dashboard?x=https://evil.test/": "/dashboard?x=https://evil.test/",
	} {
		if got, ok := s.localPath(raw); !ok || got != want {
			t.Errorf("localPath(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, raw := range hostileCallbacks {
		f.Add(raw)
	}
	s := &site{origin: &url.URL{Scheme: "https", Host: "app.example"}}
	f.Fuzz(func(t *testing.T, raw string) {
		path, ok := s.localPath(raw)
		if !ok {
			return
		}
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n \x00") {
			t.Errorf("localPath(%q) = %q, want a plain local path", raw, path)
		}
	})
}
