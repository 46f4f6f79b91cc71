package web_test

import (
	"bytes"
	"html"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"latchkey/internal/web/webtest"
)

// canaries are what must never be in a log: what the flows of a test type, get and send.
type canaries struct {
	mu  sync.Mutex
	all map[string]string // what each is
}

// add takes a secret note of. What is short is no secret: it would be found by chance.
func (c *canaries) add(secret, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(secret) >= 12 {
		c.all[secret] = what
	}
}

// watchingTransport takes note of what a browser gets as a cookie, in an address and in a page.
type watchingTransport struct {
	http.RoundTripper
	canaries *canaries
}

var (
	hiddenField = regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]+)"`)
	csrfAnswer  = regexp.MustCompile(`"csrfToken":"([^"]+)"`)
)

// RoundTrip implements http.RoundTripper.
func (w watchingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, cookie := range resp.Cookies() {
		w.canaries.add(cookie.Value, "the cookie "+cookie.Name)
	}
	if to, err := resp.Location(); err == nil {
		w.canaries.add(to.Query().Get("token"), "a token in an address")
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for _, field := range hiddenField.FindAllStringSubmatch(string(text), -1) {
		if name := field[1]; name != "callbackUrl" && name != "email" {
			w.canaries.add(html.UnescapeString(field[2]), "the field "+name)
		}
	}
	for _, id := range endForm.FindAllStringSubmatch(string(text), -1) {
		w.canaries.add(id[1], "the id of a session")
	}
	for _, token := range csrfAnswer.FindAllStringSubmatch(string(text), -1) {
		w.canaries.add(token[1], "a CSRF token")
	}
	return resp, nil
}

// notIn checks that a log has none of them, in any spelling.
func (c *canaries) notIn(t *testing.T, log string) {
	t.Helper()
	for _, what := range []string{
		"AUTH_SECRET", "a password", "a token in a mail", "a CSRF token", "the field token", "the id of a session",
		"the cookie __Secure-authjs.session-token", "the cookie __Host-latchkey.authjs.session-token", "the cookie __Host-verify", "the cookie __Host-device", "the cookie __Host-signup",
	} {
		if !slices.Contains(slices.Collect(maps.Values(c.all)), what) {
			t.Errorf("the flows have not seen %s", what)
		}
	}
	for secret, what := range c.all {
		for how, text := range webtest.Spellings(secret) {
			if i := strings.Index(log, text); i >= 0 {
				t.Errorf("the log has %s %s: …%s…", what, how, log[max(0, i-300):min(len(log), i+len(text)+40)])
			}
		}
	}
}
