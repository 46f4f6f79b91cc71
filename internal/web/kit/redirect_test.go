package kit_test

import (
	"strings"
	"testing"

	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

func TestHostileCallbacksNeverLeave(t *testing.T) {
	k := ourKit(t)
	for _, raw := range webtest.HostileCallbacks {
		if path, ok := k.LocalPath(raw); ok {
			t.Errorf("LocalPath(%.60q) = %q, want it refused", raw, path)
		}
		if got := k.Destination(raw); got != "/dashboard" {
			t.Errorf("Destination(%.60q) = %q, want the dashboard", raw, got)
		}
	}
}

func TestLocalCallbacksAreKept(t *testing.T) {
	k := ourKit(t)
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
		if got, ok := k.LocalPath(raw); !ok || got != want {
			t.Errorf("LocalPath(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

// ourKit is that of https://app.example.
func ourKit(t testing.TB) *kit.Kit {
	k, err := kit.New(kit.Config{BaseURL: "https://app.example", AuthPath: "/auth"})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func FuzzLocalPath(f *testing.F) {
	for _, raw := range webtest.HostileCallbacks {
		f.Add(raw)
	}
	k := ourKit(f)
	f.Fuzz(func(t *testing.T, raw string) {
		path, ok := k.LocalPath(raw)
		if !ok {
			return
		}
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n \x00") {
			t.Errorf("LocalPath(%q) = %q, want a plain local path", raw, path)
		}
	})
}
