package web_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
	"latchkey/static"
)

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) { // HD-1, HD-2, HD-3
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{20,})'`)
	seen := map[string]bool{}
	for request, status := range map[string]int{
		"GET /": 200, "GET /dashboard": 200, "GET /account/sessions": 200, "GET /auth/session": 200, "GET /healthz": 200, "GET /readyz": 200,
		"GET /signin": 303, "GET /nowhere": 404, "GET /static/nowhere.css": 404, "GET /account/x.css": 404, "PUT /signin": 405, "TRACE /": 405,
		"POST /signin": 415, "GET " + static.URL("app.css"): 200, "HEAD /": 200, "GET /.git/config": 404, "GET /debug/pprof/": 404, "GET /metrics": 404,
		"GET //evil.example/": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		a := b.Do(method, path, "", "")
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
		if strings.HasPrefix(path, "/static/") && status == 200 { // a file and no page: nothing runs
			if want := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"; csp != want {
				t.Errorf("%s: the policy %q, want %q", request, csp, want)
			}
			continue
		}
		for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s: %s", request, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy allows too much: %s", request, csp)
		}
		n := nonce.FindStringSubmatch(csp)
		kind := a.Header.Get("Content-Type")
		isPage := strings.HasPrefix(kind, "text/html") && status != 303
		if !isPage && (n != nil || strings.Contains(csp, "src 'self'")) {
			t.Errorf("%s: an answer that is no page may run or load something: %s", request, csp)
		}
		if isPage {
			if n == nil || seen[n[1]] {
				t.Fatalf("%s: no fresh nonce in %s", request, csp)
			}
			seen[n[1]] = true
			if kind != "text/html; charset=utf-8" || a.Header.Get("Cache-Control") != "private, no-store" || a.Header.Get("Vary") != "Cookie" {
				t.Errorf("%s: a page with %q, Cache-Control %q, Vary %q", request, kind, a.Header.Get("Cache-Control"), a.Header.Get("Vary"))
			}
			if method != "HEAD" && !strings.Contains(a.Text, `nonce="`+n[1]+`"`) {
				t.Errorf("%s: the scripts do not carry the policy's nonce", request)
			}
		}
	}
}

func TestMethodNotAllowedNamesTheMethods(t *testing.T) {
	b := webtest.OnMemory(t).Browser()
	if got := b.Do("DELETE", "/signin", "", "").Shows(405).Header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow: %q, want GET, HEAD, POST", got)
	}
	if got := b.Do("PUT", "/account/sessions/end-all", "", "").Shows(405).Header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %q, want POST", got)
	}
}

func TestStaticFilesAreKeptForever(t *testing.T) {
	a := webtest.OnMemory(t).Browser().Get(static.URL("session.js")).Shows(200)
	if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control: %q, want a year and immutable", got)
	}
	if len(a.Cookies()) != 0 {
		t.Error("a static file sets a cookie")
	}
}

func TestCookiesAreSecure(t *testing.T) { // CK-1, CK-2
	w := webtest.OnMemory(t)
	if n := len(w.Browser().Get("/").Cookies()); n != 0 {
		t.Errorf("a guest gets %d cookies, want none", n)
	}
	b := w.Browser()
	set := b.Post("/signup", "email", "ada@example.com", "password", webtest.Password)
	found := false
	for _, line := range set.Header.Values("Set-Cookie") {
		name, rest, _ := strings.Cut(line, "=")
		if name != "__Secure-authjs.session-token" && name != "__Host-latchkey.authjs.session-token" && name != "__Host-signup" && name != "__Host-device" {
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
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	host := b.Origin().Host
	refused := []map[string]string{
		{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		{"Sec-Fetch-Site": "same-site", "Origin": "https://sub.app.example"},
		{"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
		{"Sec-Fetch-Site": "", "Origin": "null"},
		{"Sec-Fetch-Site": "", "Origin": "http://" + host}, // the twin without TLS
		{"Sec-Fetch-Site": "cross-site", "Origin": ""},
	}
	routes := 0
	chi.Walk(w.Handler().(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != "POST" || strings.HasPrefix(route, "/static") {
			return nil
		}
		routes++
		for _, headers := range refused {
			for name, value := range headers {
				b.Header.Set(name, value)
				if value == "" {
					b.Header[name] = nil
				}
			}
			a := b.Post(strings.ReplaceAll(route, "{id}", "x"), "email", "eve@example.com", "password", webtest.Password)
			if a.StatusCode != 403 || len(a.Cookies()) != 0 {
				t.Errorf("POST %s with %v = %d and %d cookies, want 403 and none", route, headers, a.StatusCode, len(a.Cookies()))
			}
		}
		return nil
	})
	if routes < 7 {
		t.Fatalf("only %d routes were tried", routes)
	}
	b.Header = http.Header{}
	b.Get("/dashboard").Shows(200)
}

func TestOurOriginIsOursBehindAProxy(t *testing.T) { // CS-5
	w := webtest.OnMemory(t)
	inner := w.Handler()
	w.Use(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "10.0.0.7:8080" // a proxy rewrites Host
		r.Header.Set("X-Forwarded-Host", "evil.example")
		inner.ServeHTTP(rw, r)
	}))
	b := w.Browser()
	b.Header["Sec-Fetch-Site"] = nil
	b.Post("/signup", "email", "ada@example.com", "password", webtest.Password).RedirectsTo("/dashboard").Shows(200)
	b.Header.Set("Origin", "https://evil.example")
	b.Post("/signout").Shows(403)
}

func TestSafeMethodsChangeNothing(t *testing.T) { // CS-4
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	before := b.Session()
	b.Header.Set("X-HTTP-Method-Override", "POST")
	for _, path := range []string{"/signout", "/account/sessions/end-all", "/signout?_method=POST", "/account/sessions?_method=DELETE"} {
		b.Get(path)
		b.Do("HEAD", path, "", "")
		b.Do("OPTIONS", path, "", "")
	}
	b.Get("/dashboard").Shows(200)
	if b.Session() != before {
		t.Error("the session cookie changed")
	}
}

func TestBodiesAreLimited(t *testing.T) { // DO-1
	b := webtest.OnMemory(t).Browser()
	form := "application/x-www-form-urlencoded"
	b.Do("POST", "/signin", form, "email="+strings.Repeat("x", kit.MaxBody)).Shows(413)
	b.Do("POST", "/signin", "multipart/form-data; boundary=x", "--x--").Shows(415)
	b.Do("POST", "/signin", "application/json", "{}").Shows(415)
	b.Do("POST", "/signin", form, "email=%zz").Shows(400)
	b.Do("POST", "/account/appearance", form, strings.Repeat("a&", 20_000)).Shows(400)
}

func TestHostileCallbacksInRequests(t *testing.T) { // RD-2
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.Browser()
	for _, raw := range webtest.HostileCallbacks {
		if len(raw) > 10_000 || strings.ContainsAny(raw, "\x00") {
			continue // over the limits of a request line
		}
		b.Get("/signin?callbackUrl=" + url.QueryEscape(raw)).Shows(200)
		c := w.Browser()
		c.Post("/signin?callbackUrl=/account/sessions", "email", "ada@example.com", "password", webtest.Password, "callbackUrl", raw).RedirectsTo("/dashboard")
		c.Get("/signin?callbackUrl=" + url.QueryEscape(raw)).RedirectsTo("/dashboard")
	}
}

func TestNothingSecretIsLogged(t *testing.T) { // LO-1, LO-2, LO-3
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	b.Agent = "evil\tagent \u202e{\"level\":1}"
	b.Post("/signin", "email", "ada@example.com\r\nlevel=fake", "password", webtest.Password+"!")
	b.Post("/signin", "email", "ada@example.com", "password", webtest.Password+"!")
	token := b.Session()
	b.Get("/dashboard?token=" + token)
	b.Post("/signout")
	log := w.Log.String()
	for _, secret := range []string{webtest.Password, token, w.Auth.Secrets[0]} {
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
	for event, want := range map[string]int{"user_created": 1, "session_created": 1, "authn_login_fail": 2, "session_expired": 1} {
		if events[event] != want {
			t.Errorf("the log has %d events %s, want %d: %v", events[event], event, want, events)
		}
	}
}

func TestAPanicIsOneFailedRequest(t *testing.T) { // HD-6, LO-3
	w := webtest.OnMemory(t)
	w.Add(kit.Part{Build: func(*kit.Kit) kit.Built {
		return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockOpen: func(r chi.Router) {
			r.Get("/panics", func(http.ResponseWriter, *http.Request) { panic("a secret detail") })
		}}}
	}})
	w.Browser().Get("/panics").Shows(500).Lacks("secret detail", "goroutine")
	if !strings.Contains(w.Log.String(), "a secret detail") {
		t.Error("the log does not say what happened")
	}
}

func TestForwardingHeadersAreNotBelieved(t *testing.T) { // RL-3
	b := webtest.OnMemory(t).SignUp("ada@example.com")
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip"} {
		b.Header.Set(name, "203.0.113.9")
	}
	b.Post("/signin", "email", "ada@example.com", "password", webtest.Password)
	b.Get("/account/sessions").Shows(200, "127.0.0.1").Lacks("203.0.113.9")
}

// HD-5: no answer lets a page of another origin read it, signed in or not.
func TestNoOtherOriginReadsAnAnswer(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	pages := w.Pages(w.Handler().(chi.Routes))
	if len(pages) < 10 {
		t.Fatalf("the pages are %q, want all of them", pages)
	}
	for _, path := range pages {
		for _, origin := range []string{"https://evil.example", "null", "https://sub." + b.Origin().Host, b.Site.URL} {
			b.Header = http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type"}}
			for _, method := range []string{"OPTIONS", "GET"} {
				for name := range b.Do(method, path, "", "").Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s %s from %s has the header %s, want none of its kind", method, path, origin, name)
					}
				}
			}
		}
	}
}
