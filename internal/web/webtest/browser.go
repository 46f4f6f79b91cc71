package webtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// Browser has a cookie jar, follows no redirect by itself and sends what
// browsers send.
type Browser struct {
	T      testing.TB
	Site   *Site
	Client *http.Client
	Agent  string      // its User-Agent
	Header http.Header // sent with every request, over the usual ones
}

// Browser is a new one, without a cookie.
func (s *Site) Browser() *Browser {
	jar, _ := cookiejar.New(nil)
	client := *s.front.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{T: s.T, Site: s, Client: &client, Header: http.Header{},
		Agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
}

// Copy is a thief: another browser with the same cookies.
func (b *Browser) Copy() *Browser {
	c := b.Site.Browser()
	c.Client.Jar.SetCookies(b.Origin(), b.Client.Jar.Cookies(b.Origin()))
	return c
}

// Origin is the site's, parsed.
func (b *Browser) Origin() *url.URL {
	u, _ := url.Parse(b.Site.URL)
	return u
}

// Session is the session cookie's value, "" when there is none.
func (b *Browser) Session() string {
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		if c.Name == b.Site.Edge.Cookie.Name {
			return c.Value
		}
	}
	return ""
}

// Get opens a page.
func (b *Browser) Get(path string) *Answer {
	b.T.Helper()
	return b.Do("GET", path, "", "")
}

// Post sends a form of name, value, name, value, …
func (b *Browser) Post(path string, pairs ...string) *Answer {
	b.T.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.Do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

// Do sends a request with what browsers send of themselves; contentType "" = none.
func (b *Browser) Do(method, path, contentType, body string) *Answer {
	b.T.Helper()
	r, err := http.NewRequest(method, b.Site.URL+path, strings.NewReader(body))
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("User-Agent", b.Agent)
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == "POST" {
		r.Header.Set("Origin", b.Site.URL)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for name, values := range b.Header {
		r.Header[name] = values
	}
	resp, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.T.Fatalf("%s %s: %v", method, path, err)
	}
	return &Answer{b, method + " " + path, resp, string(text)}
}

// Answer is one response, to be asked whether it is as it should be.
type Answer struct {
	Browser *Browser
	Request string // such as GET /signin
	*http.Response
	Text string // the body
}

// Shows checks the status and that the page has the texts.
func (a *Answer) Shows(status int, texts ...string) *Answer {
	a.Browser.T.Helper()
	if a.StatusCode != status {
		a.Browser.T.Errorf("%s = %d, want %d: %.300s", a.Request, a.StatusCode, status, a.Text)
	}
	for _, want := range texts {
		if !strings.Contains(a.Text, want) {
			a.Browser.T.Errorf("%s does not show %q: %s", a.Request, want, a.Text)
		}
	}
	return a
}

// Lacks checks that the page does not have the texts.
func (a *Answer) Lacks(texts ...string) *Answer {
	a.Browser.T.Helper()
	for _, no := range texts {
		if strings.Contains(a.Text, no) {
			a.Browser.T.Errorf("%s shows %q, want it not to", a.Request, no)
		}
	}
	return a
}

// RedirectsTo checks where the answer leads and goes there.
func (a *Answer) RedirectsTo(path string) *Answer {
	a.Browser.T.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != path {
		a.Browser.T.Fatalf("%s = %d to %q, want 303 to %q: %.300s", a.Request, a.StatusCode, got, path, a.Text)
	}
	return a.Browser.Get(path)
}

// Follow opens a path and follows redirects to their end.
func (b *Browser) Follow(path string) *Answer {
	b.T.Helper()
	to := path
	for range 10 {
		a := b.Get(to)
		location := a.Header.Get("Location")
		if location == "" {
			return a
		}
		to = strings.TrimPrefix(location, b.Site.URL)
	}
	b.T.Fatalf("%s leads into a circle of redirects", path)
	return nil
}
