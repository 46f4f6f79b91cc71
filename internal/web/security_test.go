package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts/accountstest"
	"latchkey/static"
)

// onMemory is a world on the in-memory store, for what no database changes.
func onMemory(t *testing.T) *world { return newWorld(t, memory{accountstest.NewStore()}, "jwt") }

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) { // HD-1, HD-2, HD-3
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{20,})'`)
	seen := map[string]bool{}
	for request, status := range map[string]int{
		"GET /": 200, "GET /dashboard": 200, "GET /account/sessions": 200, "GET /auth/session": 200, "GET /healthz": 200, "GET /readyz": 200,
		"GET /signin": 303, "GET /nowhere": 404, "GET /static/nowhere.css": 404, "GET /account/x.css": 404, "PUT /signin": 405, "TRACE /": 405,
		"POST /signin": 415, "GET " + static.URL("app.css"): 200, "HEAD /": 200, "GET /.git/config": 404, "GET /debug/pprof/": 404, "GET /metrics": 404,
		"GET //evil.example/": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		a := b.do(method, path, "", "")
		if a.StatusCode != status {
			t.Errorf("%s = %d, want %d", request, a.StatusCode, status)
		}
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "strict-origin-when-cross-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", request, name, got, want)
			}
		}
		csp := a.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s: %s", request, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy allows too much: %s", request, csp)
		}
		n := nonce.FindStringSubmatch(csp)
		if n == nil || seen[n[1]] {
			t.Fatalf("%s: no fresh nonce in %s", request, csp)
		}
		seen[n[1]] = true
		kind := a.Header.Get("Content-Type")
		if strings.HasPrefix(kind, "text/html") && status != 303 {
			if kind != "text/html; charset=utf-8" || a.Header.Get("Cache-Control") != "private, no-store" || a.Header.Get("Vary") != "Cookie" {
				t.Errorf("%s: a page with %q, Cache-Control %q, Vary %q", request, kind, a.Header.Get("Cache-Control"), a.Header.Get("Vary"))
			}
			if method != "HEAD" && !strings.Contains(a.text, `nonce="`+n[1]+`"`) {
				t.Errorf("%s: the scripts do not carry the policy's nonce", request)
			}
		}
	}
}

func TestMethodNotAllowedNamesTheMethods(t *testing.T) {
	b := onMemory(t).browser()
	if got := b.do("DELETE", "/signin", "", "").shows(405).Header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow: %q, want GET, HEAD, POST", got)
	}
	if got := b.do("PUT", "/account/sessions/end-all", "", "").shows(405).Header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %q, want POST", got)
	}
}

func TestStaticFilesAreKeptForever(t *testing.T) {
	a := onMemory(t).browser().get(static.URL("session.js")).shows(200)
	if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control: %q, want a year and immutable", got)
	}
	if len(a.Cookies()) != 0 {
		t.Error("a static file sets a cookie")
	}
}

func TestCookiesAreSecure(t *testing.T) { // CK-1, CK-2
	w := onMemory(t)
	if n := len(w.browser().get("/").Cookies()); n != 0 {
		t.Errorf("a guest gets %d cookies, want none", n)
	}
	b := w.browser()
	set := b.post("/signup", "email", "ada@example.com", "password", testPassword)
	found := false
	for _, line := range set.Header.Values("Set-Cookie") {
		name, rest, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "__Secure-authjs.session-token") {
			t.Errorf("unexpected cookie %s", name)
		}
		for _, want := range []string{"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
			if !strings.Contains(rest, want) {
				t.Errorf("cookie %s lacks %s: %s", name, want, rest)
			}
		}
		if strings.Contains(rest, "Domain") {
			t.Errorf("cookie %s names a domain", name)
		}
		if name == "__Secure-authjs.session-token" {
			found = strings.Contains(rest, "; Expires=") && !strings.Contains(rest, "Max-Age")
		}
	}
	if !found {
		t.Errorf("no session cookie with an expiry in %q", set.Header.Values("Set-Cookie"))
	}
}

func TestCrossOriginRequestsAreRefusedOnEveryRoute(t *testing.T) { // CS-1, CS-3, CS-5
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	host := b.origin().Host
	refused := []map[string]string{
		{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		{"Sec-Fetch-Site": "same-site", "Origin": "https://sub.app.example"},
		{"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
		{"Sec-Fetch-Site": "", "Origin": "null"},
		{"Sec-Fetch-Site": "", "Origin": "http://" + host}, // the twin without TLS
		{"Sec-Fetch-Site": "cross-site", "Origin": ""},
	}
	routes := 0
	chi.Walk(w.handler().(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != "POST" || strings.HasPrefix(route, "/static") {
			return nil
		}
		routes++
		for _, headers := range refused {
			for name, value := range headers {
				b.header.Set(name, value)
				if value == "" {
					b.header[name] = nil
				}
			}
			a := b.post(strings.ReplaceAll(route, "{id}", "x"), "email", "eve@example.com", "password", testPassword)
			if a.StatusCode != 403 || len(a.Cookies()) != 0 {
				t.Errorf("POST %s with %v = %d and %d cookies, want 403 and none", route, headers, a.StatusCode, len(a.Cookies()))
			}
		}
		return nil
	})
	if routes < 7 {
		t.Fatalf("only %d routes were tried", routes)
	}
	b.header = http.Header{}
	b.get("/dashboard").shows(200)
}

func TestOurOriginIsOursBehindAProxy(t *testing.T) { // CS-5
	w := onMemory(t)
	inner := w.handler()
	w.use(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "10.0.0.7:8080" // a proxy rewrites Host
		r.Header.Set("X-Forwarded-Host", "evil.example")
		inner.ServeHTTP(rw, r)
	}))
	b := w.browser()
	b.header["Sec-Fetch-Site"] = nil
	b.post("/signup", "email", "ada@example.com", "password", testPassword).redirectsTo("/dashboard").shows(200)
	b.header.Set("Origin", "https://evil.example")
	b.post("/signout").shows(403)
}

func TestSafeMethodsChangeNothing(t *testing.T) { // CS-4
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	before := b.session()
	b.header.Set("X-HTTP-Method-Override", "POST")
	for _, path := range []string{"/signout", "/account/sessions/end-all", "/signout?_method=POST", "/account/sessions?_method=DELETE"} {
		b.get(path)
		b.do("HEAD", path, "", "")
		b.do("OPTIONS", path, "", "")
	}
	b.get("/dashboard").shows(200)
	if b.session() != before {
		t.Error("the session cookie changed")
	}
}

func TestBodiesAreLimited(t *testing.T) { // DO-1
	b := onMemory(t).browser()
	form := "application/x-www-form-urlencoded"
	b.do("POST", "/signin", form, "email="+strings.Repeat("x", maxBody)).shows(413)
	b.do("POST", "/signin", "multipart/form-data; boundary=x", "--x--").shows(415)
	b.do("POST", "/signin", "application/json", "{}").shows(415)
	b.do("POST", "/signin", form, "email=%zz").shows(400)
	b.do("POST", "/signin", form, strings.Repeat("a&", 20_000)).shows(400)
}

func TestHostileCallbacksInRequests(t *testing.T) { // RD-2
	w := onMemory(t)
	w.signUp("ada@example.com")
	b := w.browser()
	for _, raw := range hostileCallbacks {
		if len(raw) > 10_000 || strings.ContainsAny(raw, "\x00") {
			continue // over the limits of a request line
		}
		b.get("/signin?callbackUrl=" + url.QueryEscape(raw)).shows(200)
		c := w.browser()
		c.post("/signin?callbackUrl=/account/sessions", "email", "ada@example.com", "password", testPassword, "callbackUrl", raw).redirectsTo("/dashboard")
		c.get("/signin?callbackUrl=" + url.QueryEscape(raw)).redirectsTo("/dashboard")
	}
}

func TestNothingSecretIsLogged(t *testing.T) { // LO-1, LO-2, LO-3
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	b.agent = "evil\tagent \u202e{\"level\":1}"
	b.post("/signin", "email", "ada@example.com\r\nlevel=fake", "password", testPassword+"!")
	b.post("/signin", "email", "ada@example.com", "password", testPassword+"!")
	token := b.session()
	b.get("/dashboard?token=" + token)
	b.post("/signout")
	log := w.log.String()
	for _, secret := range []string{testPassword, token, w.cfg.Secrets[0]} {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if strings.Contains(log, form) {
				t.Errorf("the log contains %.20s…", form)
			}
		}
	}
	events := map[string]int{}
	for line := range strings.Lines(log) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("a log line is not one JSON object: %q", line)
		}
		if event, ok := entry["event"].(string); ok {
			events[event]++
			if entry["request_id"] == "" || entry["ip"] != "127.0.0.1" {
				t.Errorf("event %s has request id %v and ip %v", event, entry["request_id"], entry["ip"])
			}
		}
	}
	for event, want := range map[string]int{"user_created": 1, "session_created": 1, "authn_login_fail": 2, "session_ended": 1} {
		if events[event] != want {
			t.Errorf("the log has %d events %s, want %d: %v", events[event], event, want, events)
		}
	}
}

func TestAPanicIsOneFailedRequest(t *testing.T) { // HD-6, LO-3
	w := onMemory(t)
	s := &site{Config: Config{AuthPath: "/auth", Log: w.cfg.Log}, origin: w.browser().origin()}
	w.use(requestID(s.recoverPanics(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a secret detail") }))))
	w.browser().get("/").shows(500).lacks("secret detail", "goroutine")
	if !strings.Contains(w.log.String(), "a secret detail") {
		t.Error("the log does not say what happened")
	}
}

func TestForwardingHeadersAreNotBelieved(t *testing.T) { // RL-3
	b := onMemory(t).signUp("ada@example.com")
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip"} {
		b.header.Set(name, "203.0.113.9")
	}
	b.post("/signin", "email", "ada@example.com", "password", testPassword)
	b.get("/account/sessions").shows(200, "127.0.0.1").lacks("203.0.113.9")
}
