package testenv

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// site is a page for each kind of problem, and a cookie.
func site(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	page := func(path, html string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!doctype html><title>A door</title><link rel=icon href='data:,'>", html)
		})
	}
	page("/{$}", "<p>Come in")
	page("/console", "<script>console.error('rusty', new Error('hinge')); console.log('fine'); console.assert(false, 'oiled')</script>")
	page("/exception", "<script>undefinedKey()</script>")
	page("/promise", "<script>Promise.reject(new Error('no bell'))</script>")
	page("/network", "<img src=/nowhere.png>")
	mux.HandleFunc("GET /csp", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><link rel=icon href='data:,'><script>document.title = 'picked'</script>")
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "key", Value: "brass", HttpOnly: true})
	})
	mux.HandleFunc("GET /cookie", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "cookie:%s", r.Header.Get("Cookie"))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func visit(t *testing.T, tab *Tab, url string) {
	t.Helper()
	if err := chromedp.Do(tab, chromedp.Navigate(url)); err != nil {
		t.Fatalf("Navigate(%s): %v", url, err)
	}
}

func eval(t *testing.T, tab *Tab, js string) string {
	t.Helper()
	got, err := chromedp.Run(tab, chromedp.Evaluate[string](js))
	if err != nil {
		t.Fatalf("Evaluate(%s): %v", js, err)
	}
	return got
}

func TestABrowserOpensAPage(t *testing.T) {
	srv, tab := site(t), Browser(t)
	visit(t, tab, srv.URL)
	if got := eval(t, tab, `document.title`); got != "A door" {
		t.Errorf("title = %q, want %q", got, "A door")
	}
	if got := tab.Problems(); len(got) != 0 {
		t.Errorf("Problems() = %q, want none", got)
	}
}

func TestTabsShareCookiesAndProfilesDoNot(t *testing.T) {
	srv, first := site(t), Browser(t)
	visit(t, first, srv.URL+"/login")
	profile := first.NewProfile()
	for name, tt := range map[string]struct {
		tab  *Tab
		want string
	}{
		"the first tab":               {first, "cookie:key=brass"},
		"a second tab":                {first.NewTab(), "cookie:key=brass"},
		"another profile":             {profile, "cookie:"},
		"another tab of that profile": {profile.NewTab(), "cookie:"},
	} {
		visit(t, tt.tab, srv.URL+"/cookie")
		if got := eval(t, tt.tab, `document.body.textContent`); got != tt.want {
			t.Errorf("%s sends %q, want %q", name, got, tt.want)
		}
	}
}

func TestATabCollectsTheProblemsOfItsPages(t *testing.T) {
	srv, first := site(t), Browser(t)
	for path, want := range map[string][]string{
		"/console":   {`console: "rusty" Error: hinge`, `console: "oiled"`},
		"/exception": {"exception: Uncaught ReferenceError: undefinedKey is not defined"},
		"/promise":   {"exception: Uncaught (in promise) Error: no bell"},
		"/network":   {"network: Failed to load resource"},
		"/csp":       {"security: Executing inline script violates"},
	} {
		tab := first.NewTab()
		visit(t, tab, srv.URL+path)
		got := tab.Problems()
		if !slices.EqualFunc(got, want, strings.HasPrefix) {
			t.Errorf("Problems() of %s = %q, want %q", path, got, want)
		}
	}
	if got := first.Problems(); len(got) != 0 {
		t.Errorf("Problems() of the tab that stayed out = %q, want none", got)
	}
}
