package web_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/web/kit"
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

// RoundTrip takes note of what a browser gets as a cookie, in an address and in a page.
type watchingTransport struct {
	http.RoundTripper
	canaries *canaries
}

func (w watchingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Name != "theme" {
			w.canaries.add(cookie.Value, "the cookie "+cookie.Name)
		}
	}
	if to, err := resp.Location(); err == nil {
		w.canaries.add(to.Query().Get("token"), "a token in an address")
	}
	return resp, nil
}

// spellings are the ways in which a log might write a text.
func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	all := map[string]string{
		"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret),
		"in hex": hex.EncodeToString([]byte(secret)), "in JSON": strings.Trim(string(quoted), `"`), "in Go": strings.Trim(fmt.Sprintf("%q", secret), `"`),
	}
	for shift := range 3 { // base64 of a longer text that the secret is a part of
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := enc.EncodeToString([]byte("xyz"[:shift] + secret))
			all[fmt.Sprintf("in %s, %d bytes into it", name, shift)] = text[2:max(3, len(text)-2)]
		}
	}
	if len(secret) >= 32 { // the better half
		all["half of it"] = secret[:len(secret)/2]
	}
	return all
}

// notIn checks that a log has none of them, in any spelling.
func (c *canaries) notIn(t *testing.T, log string) {
	t.Helper()
	if len(c.all) < 20 {
		t.Errorf("the flows have seen %d secrets only", len(c.all))
	}
	for secret, what := range c.all {
		for how, text := range spellings(secret) {
			if i := strings.Index(log, text); i >= 0 {
				t.Errorf("the log has %s %s: …%s…", what, how, log[max(0, i-300):min(len(log), i+len(text)+40)])
			}
		}
	}
}

// LO-1: all flows, and every route with secrets in every place, leave none of them in the log,
// not even at its most talkative, with the database there or away.
func TestNoSecretIsInTheLog(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			db := webtest.Hold(webtest.NewMemory())
			w := webtest.New(t, db, strategy)
			w.Auth.Log = slog.New(kit.LogHandler(slog.NewJSONHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			w.Edge.Log, w.Web.Log = w.Auth.Log, w.Auth.Log
			w.Web.Switches = map[string]bool{"LAB": true}
			w.Web.Development = true
			w.Web.MaxTime = 2 * time.Second
			w.Deploy()
			c := &canaries{all: map[string]string{}}
			c.add(w.Auth.Secrets[0], "AUTH_SECRET")
			flows := canaryFlows{w, c}
			flows.run(t)
			flows.everyRoute(t, "up")
			db.Wait(hang)
			flows.everyRoute(t, "away")
			db.Wait(nil)
			c.notIn(t, w.Log.String())
			for _, event := range []string{
				"authn_login_success", "authn_login_fail", "authn_password_change", "authn_token_created", "authn_token_revoked", "authn_token_reuse",
				"authz_fail", "excess_rate_limit_exceeded", "input_validation_fail", "malicious_cors", "sensitive_read",
				"session_created", "session_expired", "session_use_after_expire", "user_created", "user_updated", "user_deleted",
			} {
				line := regexp.MustCompile(`\{[^{}]*"event":"` + event + `"[^{}]*\}`).FindString(w.Log.String())
				if !strings.Contains(line, `"request_id":"`) || !strings.Contains(line, `"ip":"127.0.0.1"`) || !strings.Contains(line, `"msg":"security"`) {
					t.Errorf("the event %s is %q, want a line with request id and address", event, line)
				}
			}
		})
	}
}

type canaryFlows struct {
	*webtest.Site
	*canaries
}

func (f canaryFlows) browser() *webtest.Browser {
	b := f.Browser()
	b.Client.Transport = watchingTransport{b.Client.Transport, f.canaries}
	return b
}

// password is a good one, of which note is taken.
func (f canaryFlows) password(word string) string {
	password := word + "-canary-glacier-umbrella-58"
	f.add(password, "a password")
	return password
}

// link is where the last mail with a subject leads.
func (f canaryFlows) link(email, subject string) string {
	l := f.Letter(email, subject)
	f.add(l.Token(f.Site), "a token in a mail")
	return l.Path(f.Site)
}

// run goes the ways of users, those that fail included.
func (f canaryFlows) run(t *testing.T) {
	const ada = "ada@example.com"
	first, second, third := f.password("first"), f.password("second"), f.password("third")
	b := f.browser()
	b.Post("/signup", "name", "Ada", "email", ada, "password", first).Shows(303)
	b.Get(f.link(ada, "Confirm your email address"))
	b.Post("/verify").Shows(303)
	b.Get("/verify?token=" + f.password("made-up"))
	b.Post("/verify").Shows(410)

	phone := f.browser()
	phone.Post("/signin", "email", ada, "password", f.password("wrong")).Shows(422)
	phone.Post("/signin", "email", "nobody@example.com", "password", first).Shows(422)
	phone.Post("/signin", "email", ada, "password", first).Shows(303)
	phone.Get(f.link(ada, newFirefox)).RedirectsTo("/signin/notice").Shows(200)
	phone.Post("/signout").Shows(303)
	phone.Post("/signin/link", "email", ada).Shows(303)
	phone.Get(f.link(ada, "Your link to sign in"))
	phone.Post("/signin/link/open").Shows(303)
	f.authJS(ada, first)

	b.Post("/account/password", "current", f.password("not-it"), "password", second).Shows(422)
	b.Post("/account/password", "current", first, "password", second).Shows(303)
	phone.Get("/dashboard").Shows(303) // with a dead cookie
	b.Post("/reauth", "password", second).Shows(303)
	b.Post("/account/email", "email", "new@example.com", "password", second).Shows(303)
	b.Get(f.link("new@example.com", confirmNew))
	b.Post("/verify").Shows(303)
	b.Get("/account/export").Shows(200)
	f.browser().Get(f.link(ada, emailChanged)).Shows(303)
	b.Post("/notes", "title", "Milk", "body", f.password("note"))
	f.add("Ada whose name nobody else reads", "a name")
	b.Post("/account", "name", "Ada whose name nobody else reads", "image", "https://images.example/"+f.password("image")).Shows(303)
	b.Post("/account", "name", "a\x00b").Shows(422)
	b.Header.Set("Origin", "https://evil.example")
	b.Header.Set("Sec-Fetch-Site", "cross-site")
	b.Post("/account", "name", first).Shows(403)
	b.Header.Del("Origin")
	b.Header.Del("Sec-Fetch-Site")

	b.Post("/forgot", "email", "new@example.com").Shows(303)
	b.Get(f.link("new@example.com", "Choose a new password"))
	b.Post("/reset", "password", third).Shows(303)
	last := f.browser()
	last.Post("/signin", "email", "new@example.com", "password", third).Shows(303)
	last.Post("/account/sessions/end-others").Shows(303)
	for range 12 { // until the budget is used up
		f.browser().Post("/signin", "email", "new@example.com", "password", f.password("guess"))
	}
	last.Post("/account/delete", "password", third).Shows(303)
}

// authJS signs in as clients of Auth.js do.
func (f canaryFlows) authJS(email, password string) {
	b := f.browser()
	var csrf struct{ CSRFToken string }
	json.Unmarshal([]byte(b.Get("/auth/csrf").Text), &csrf)
	f.add(csrf.CSRFToken, "a CSRF token")
	b.Post("/auth/callback/credentials", "csrfToken", csrf.CSRFToken, "email", email, "password", password, "json", "true")
	b.Post("/auth/session", "csrfToken", csrf.CSRFToken, "data[name]", "Ada")
	b.Get("/auth/session").Shows(200, email)
	b.Post("/auth/signout", "csrfToken", csrf.CSRFToken)
}

// everyRoute asks each with a secret in each place where a careless line of log would find it.
func (f canaryFlows) everyRoute(t *testing.T, database string) {
	secret := f.password("everywhere-" + database)
	query := "?token=" + url.QueryEscape(secret) + "&password=" + url.QueryEscape(secret) + "&callbackUrl=" + url.QueryEscape("/"+secret)
	var asking sync.WaitGroup
	for _, r := range allRoutes(t, f.Handler()) {
		if r.route == "/auth/events" {
			continue // has no time of its own
		}
		asking.Go(func() {
			b := f.browser()
			b.Header.Set("Referer", f.URL+"/reset"+query)
			b.Header.Set("Authorization", "Bearer "+secret)
			b.Header.Set("Cookie", f.Edge.Cookie.Name+"="+secret+"; __Host-verify="+secret)
			b.Do(r.method, r.path()+query, "application/x-www-form-urlencoded",
				"token="+url.QueryEscape(secret)+"&email=ada%40example.com&password="+url.QueryEscape(secret)+"&current="+url.QueryEscape(secret)+"&proof="+url.QueryEscape(secret))
		})
	}
	asking.Wait()
	b := f.browser()
	b.Get("/nowhere" + query)
	b.Do("PUT", "/signin"+query, "application/json", `{"password":"`+secret+`"`)
}
