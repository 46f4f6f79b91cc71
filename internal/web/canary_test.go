package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
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

func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

// spellings are the ways in which a log might write a text.
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	all := map[string]string{
		"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret),
		"in hex": hex.EncodeToString([]byte(secret)), "in JSON": inner(string(quoted)), "in Go": inner(strconv.Quote(secret)),
		"in HTML": html.EscapeString(secret), "twice in Go": inner(strconv.Quote(inner(strconv.Quote(secret)))),
	}
	for shift := range 3 { // base64 of a longer text that the secret is a part of
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := enc.EncodeToString([]byte("xyz"[:shift] + secret))
			all[fmt.Sprintf("in %s, %d bytes into it", name, shift)] = text[4 : len(text)-2] // without what its neighbours decide
		}
	}
	all["in capital hex"] = strings.ToUpper(all["in hex"])
	if len(secret) >= 32 {
		all["half of it"], all["the other half"] = secret[:len(secret)/2], secret[len(secret)/2:]
	}
	return all
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
		for how, text := range spellings(secret) {
			if i := strings.Index(log, text); i >= 0 {
				t.Errorf("the log has %s %s: …%s…", what, how, log[max(0, i-300):min(len(log), i+len(text)+40)])
			}
		}
	}
}

// A secret is found whatever stands beside it where it was encoded.
func TestASecretIsFoundInEverySpelling(t *testing.T) {
	const secret = `Ünrü"ly \ secret/with+everything=in it`
	found := func(log string) bool {
		for _, text := range spellings(secret) {
			if strings.Contains(log, text) {
				return true
			}
		}
		return false
	}
	for _, before := range []string{"", "a", "ab", "abc", "\x00user\x00"} {
		text := before + secret + "z"
		quoted, _ := json.Marshal(text)
		for _, log := range []string{
			text, string(quoted), fmt.Sprintf("%q", text), url.QueryEscape(text), url.PathEscape(text), hex.EncodeToString([]byte(text)), fmt.Sprintf("%X", text),
			base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)), html.EscapeString(text),
		} {
			if !found(log) {
				t.Errorf("the secret is not found in %s", log)
			}
		}
	}
	if found(base64.StdEncoding.EncodeToString([]byte("a text that is not secret at all, but as long"))) {
		t.Error("a secret is found where there is none")
	}
}
