package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

func init() {
	flows["a client of Auth.js signs in, asks, updates and signs out"] = clientOfAuthJS
	flows["an update reaches every session of the user"] = updateEverywhere
	flows["the secret is rotated"] = secretRotated
	flows["a cookie that Auth.js has re-encoded is read"] = reencoded
	flows["a client hears of the session limit"] = clientAtTheLimit
}

// csrf asks for the token as a client does.
func (b *browser) csrf() string {
	b.t.Helper()
	var answer struct{ CSRFToken string }
	got := b.get("/auth/csrf").shows(200)
	if err := json.Unmarshal([]byte(got.text), &answer); err != nil || len(answer.CSRFToken) != 64 {
		b.t.Fatalf("GET /auth/csrf = %s, want a token", got.text)
	}
	return answer.CSRFToken
}

// call posts a form as next-auth/react does and returns the address it gets.
func (b *browser) call(endpoint string, pairs ...string) string {
	b.t.Helper()
	b.header.Set("X-Auth-Return-Redirect", "1")
	defer b.header.Del("X-Auth-Return-Redirect")
	got := b.post("/auth/"+endpoint, pairs...).shows(200)
	var answer struct{ URL string }
	if err := json.Unmarshal([]byte(got.text), &answer); err != nil {
		b.t.Fatalf("POST /auth/%s = %s: %v", endpoint, got.text, err)
	}
	if u, err := url.Parse(answer.URL); err != nil || !u.IsAbs() || u.Host != b.origin().Host {
		b.t.Fatalf("POST /auth/%s leads to %q, want an absolute address here", endpoint, answer.URL)
	}
	return strings.TrimPrefix(answer.URL, b.world.front.URL)
}

// update posts data to the session endpoint and returns the user it answers.
func (b *browser) update(data string) map[string]any {
	b.t.Helper()
	got := b.do("POST", "/auth/session", "application/json", `{"csrfToken":"`+b.csrf()+`","data":`+data+`}`).shows(200)
	return userIn(b.t, got.text)
}

func userIn(t *testing.T, body string) map[string]any {
	t.Helper()
	var answer struct{ User map[string]any }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s is no session: %v", body, err)
	}
	return answer.User
}

func clientOfAuthJS(t *testing.T, w *world) {
	ada := someone(t)
	w.signUp(ada)
	b := w.browser()
	token := b.csrf()
	if again := b.csrf(); again != token {
		t.Error("the CSRF token changes though its cookie is there")
	}
	if got := b.call("callback/credentials", "csrfToken", token, "email", ada, "password", "wrong, this one is"); got != "/auth/signin?error=CredentialsSignin&code=credentials" {
		t.Errorf("a wrong password leads to %s", got)
	}
	b.get("/auth/signin?error=CredentialsSignin&code=credentials").shows(302)
	b.get("/signin?error=CredentialsSignin&code=credentials").shows(200, `role="alert"`, "Wrong email or password.")
	if got := b.call("callback/credentials", "csrfToken", token, "email", ada, "password", testPassword, "callbackUrl", "/app?x=1"); got != "/app?x=1" {
		t.Errorf("a sign-in leads to %s, want the callbackUrl", got)
	}
	b.get("/dashboard").shows(200, "Ada") // the pages see the same session
	if user := b.update(`{"name":"Ada King"}`); user["name"] != "Ada King" {
		t.Errorf("after an update the user is %v", user)
	}
	b.get("/dashboard").shows(200, "Ada King")
	if got := b.call("signout", "csrfToken", token, "callbackUrl", "/bye"); got != "/bye" {
		t.Errorf("signing out leads to %s", got)
	}
	if got := b.get("/auth/session").text; got != "null" {
		t.Errorf("the session after signing out is %s", got)
	}
	b.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard")
	b.call("signout", "csrfToken", token) // again is fine
}

func updateEverywhere(t *testing.T, w *world) {
	ada := someone(t)
	b, phone, other := w.signUp(ada), w.browser(), w.signUp("x"+ada)
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	w.wait(time.Millisecond)
	for _, data := range []string{
		`{"name":"Ada King","image":"https://example.com/a.png","email":"eve@example.com","roles":["admin"],"plan":"pro","sub":"1"}`,
		`{"user":{"name":"Ada King","image":"https://example.com/a.png","roles":["admin"]}}`,
	} {
		if user := b.update(data); user["name"] != "Ada King" || user["image"] != "https://example.com/a.png" || user["email"] != ada || user["roles"] != nil || user["plan"] != nil {
			t.Errorf("after the update %s the user is %v, want only name and image changed", data, user)
		}
	}
	if user := userIn(t, phone.get("/auth/session").text); user["name"] != "Ada King" {
		t.Errorf("another session of the user still says %v", user)
	}
	phone.get("/dashboard").shows(200, "Ada King")
	if user := userIn(t, other.get("/auth/session").text); user["name"] != "Ada Lovelace" {
		t.Errorf("another user is now %v", user)
	}
	for _, bad := range []string{`{"name":"` + strings.Repeat("x", 101) + `"}`, `{"name":7}`, `{"image":"javascript:alert(1)"}`, `{"image":"http://example.com/a.png"}`, `{"user":{"name":["x"]}}`} {
		b.do("POST", "/auth/session", "application/json", `{"csrfToken":"`+b.csrf()+`","data":`+bad+`}`).shows(400, `{"message"`)
	}
	if user := b.update(`{"image":null}`); user["image"] != nil || user["name"] != "Ada King" {
		t.Errorf("after removing the picture the user is %v", user)
	}
}

func secretRotated(t *testing.T, w *world) { // TK-6
	ada := someone(t)
	b := w.signUp(ada)
	token := b.csrf()
	old := b.copy()
	before := b.session()

	w.cfg.Secrets = []string{"the newest secret, thirty-two bytes.", w.cfg.Secrets[0]}
	w.deploy()
	if again := b.csrf(); again != token {
		t.Error("the CSRF cookie of the old secret was replaced, want it taken")
	}
	b.update(`{"name":"Ada King"}`)
	w.wait(10 * time.Minute)
	b.get("/dashboard").shows(200, "Ada King")
	if w.cfg.Strategy == "jwt" && b.session() == before {
		t.Error("the session was not issued anew under the new secret")
	}
	w.cfg.Secrets = w.cfg.Secrets[:1]
	w.deploy()
	b.get("/dashboard").shows(200)
	got := old.get("/auth/session").text
	if w.cfg.Strategy == "jwt" && got != "null" {
		t.Errorf("a JWT under the secret that is gone gets %s", got)
	}
}

// reencoded does to a cookie what a Next.js application does: it decodes it,
// sets iat, exp and jti, adds a claim, and encodes it again.
func reencoded(t *testing.T, w *world) {
	if w.cfg.Strategy != "jwt" {
		return // there is nothing in the cookie to re-encode
	}
	b := w.signUp(someone(t))
	codec, err := authjs.NewCodec(w.cfg.CookieName, w.cfg.Secrets...)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := codec.Decode(b.session(), w.now())
	if err != nil {
		t.Fatal(err)
	}
	claims.IssuedAt, claims.ExpiresAt, claims.ID = w.now(), w.now().Add(30*24*time.Hour), ""
	claims.Extra = map[string]json.RawMessage{"theirs": json.RawMessage(`{"a":1}`)}
	theirs, err := codec.Encode(claims)
	if err != nil {
		t.Fatal(err)
	}
	b.client.Jar.SetCookies(b.origin(), []*http.Cookie{{Name: w.cfg.CookieName, Value: theirs, Path: "/", Secure: true}})
	b.get("/dashboard").shows(200)
	w.wait(10 * time.Minute)
	b.get("/dashboard").shows(200) // renews
	ours, err := codec.Decode(b.session(), w.now())
	if err != nil || b.session() == theirs {
		t.Fatalf("the cookie was not issued anew: %v", err)
	}
	if string(ours.Extra["theirs"]) != `{"a":1}` {
		t.Errorf("their claim is %s after a renewal, want it unchanged", ours.Extra["theirs"])
	}
	if left := ours.ExpiresAt.Sub(w.now()); left > 24*time.Hour {
		t.Errorf("the session has %v left, want our lifetime and not theirs", left)
	}
	thief := b.copy()
	b.post("/signout")
	if got := thief.get("/auth/session").text; got != "null" {
		t.Errorf("the re-encoded session gets %s after signing out", got)
	}

	// One that they made by themselves, without a session of ours, is nobody.
	claims.SessionID = "made-up"
	minted, _ := codec.Encode(claims)
	thief.client.Jar.SetCookies(b.origin(), []*http.Cookie{{Name: w.cfg.CookieName, Value: minted, Path: "/", Secure: true}})
	w.wait(10 * time.Minute)
	if got := thief.get("/auth/session").text; got != "null" {
		t.Errorf("a token without a session of ours gets %s", got)
	}
}

func clientAtTheLimit(t *testing.T, w *world) {
	w.cfg.Policy, w.cfg.Limit = auth.PolicyDeny, 1
	w.deploy()
	ada := someone(t)
	w.signUp(ada)
	b := w.browser()
	if got := b.call("callback/credentials", "csrfToken", b.csrf(), "email", ada, "password", testPassword); got != "/auth/signin?error=CredentialsSignin&code=session_limit" {
		t.Errorf("a sign-in at the limit leads to %s", got)
	}
	b.get("/signin?error=CredentialsSignin&code=session_limit").shows(200, "reached your limit of devices")
}

func TestEveryUnsafeEndpointNeedsTheToken(t *testing.T) { // CS-2
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	token := b.csrf()
	forged := token + "|" + strings.Repeat("0", 64)
	b.header["Sec-Fetch-Site"] = nil // a client that says nothing of where it comes from
	b.header["Origin"] = nil
	for _, sent := range []string{"", "x", strings.Repeat("a", 64), forged} {
		for _, endpoint := range []string{"signin", "signin/credentials", "callback/credentials", "signout"} {
			if got := b.call(endpoint, "csrfToken", sent, "email", "ada@example.com", "password", testPassword); got != "/auth/signin?error=MissingCSRF" {
				t.Errorf("POST /auth/%s with the token %.10q leads to %s, want MissingCSRF", endpoint, sent, got)
			}
		}
		b.do("POST", "/auth/session", "application/json", `{"csrfToken":"`+sent+`","data":{"name":"Eve"}}`).shows(400, "null")
	}
	eve := w.browser()
	eve.header["Sec-Fetch-Site"] = nil
	eve.header["Origin"] = nil
	if got := eve.call("callback/credentials", "csrfToken", token, "email", "ada@example.com", "password", testPassword); got != "/auth/signin?error=MissingCSRF" {
		t.Errorf("another browser's token leads to %s, want MissingCSRF", got)
	}
	b.get("/dashboard").shows(200, "Ada Lovelace")
	if got := b.call("signout", "csrfToken", token); got != "" {
		t.Errorf("signing out with the right token leads to %q, want the origin", got)
	}
}

// Two pages that open at once each ask for a token; the jar keeps one cookie.
func TestATokenThatLostItsCookieIsTakenOnOurOwnPages(t *testing.T) {
	w := onMemory(t)
	w.signUp("ada@example.com")
	first, second := w.browser(), w.browser()
	lost := first.csrf()
	kept := second.csrf()
	if lost == kept {
		t.Fatal("two browsers have one token")
	}
	if got := second.call("callback/credentials", "csrfToken", lost, "email", "ada@example.com", "password", testPassword); got != "" {
		t.Errorf("a same-origin request with the token that lost leads to %q, want it signed in", got)
	}
}

func TestEndpointsTakeFormsAndJSON(t *testing.T) {
	w := onMemory(t)
	w.signUp("ada@example.com")
	b := w.browser()
	b.do("POST", "/auth/callback/credentials", "application/json",
		`{"csrfToken":"`+b.csrf()+`","email":"ada@example.com","password":"`+testPassword+`","callbackUrl":"/dashboard"}`).shows(302)
	b.get("/dashboard").shows(200)
	for _, bad := range []string{"", "{", "[]", "7", `"x"`, `{"a":1}{`, `{} x`, "\x00"} {
		b.do("POST", "/auth/session", "application/json", bad).shows(400, `"Bad request."`)
	}
	b.do("POST", "/auth/signout", "application/json", `{"csrfToken":"`+strings.Repeat("x", maxBody)+`"}`).shows(413)
	b.do("POST", "/auth/session", "multipart/form-data; boundary=x", "--x--").shows(400, "null")
	for _, r := range []string{"GET /auth/nope", "PUT /auth/session", "HEAD /auth/session", "DELETE /auth/csrf", "GET /auth/session/x", "GET /auth/callback", "GET /auth/"} {
		method, path, _ := strings.Cut(r, " ")
		b.do(method, path, "", "").shows(400)
	}
}

func TestCallbacksOfEndpointsStayHere(t *testing.T) { // RD-1, RD-2
	w := onMemory(t)
	w.signUp("ada@example.com")
	token := ""
	for i, raw := range hostileCallbacks {
		if len(raw) > 10_000 || strings.ContainsAny(raw, "\x00") {
			continue
		}
		b := w.browser()
		if i%10 == 0 || token == "" {
			token = b.csrf()
		}
		if got := b.call("signout", "csrfToken", b.csrf(), "callbackUrl", raw); got != "" {
			t.Errorf("callbackUrl %q in the body leads to %q, want the origin", raw, got)
		}
		if got := b.call("signout?callbackUrl="+url.QueryEscape(raw), "csrfToken", b.csrf()); got != "" {
			t.Errorf("callbackUrl %q in the query leads to %q, want the origin", raw, got)
		}
		b.client.Jar.SetCookies(b.origin(), []*http.Cookie{{Name: authjs.CallbackCookieName(true), Value: authjs.EncodeValue(raw), Path: "/", Secure: true}})
		if got := b.call("signout", "csrfToken", b.csrf()); got != "" {
			t.Errorf("callbackUrl %q in the cookie leads to %q, want the origin", raw, got)
		}
	}
	b := w.browser()
	if got := b.call("signout", "csrfToken", b.csrf(), "callbackUrl", strings.Repeat("x", 50_000)); got != "" {
		t.Errorf("a huge callbackUrl leads to %q", got)
	}
	b.get("/auth/signin?callbackUrl=/a&callbackUrl=https://evil.example").shows(302)
}

func TestTheCallbackIsRemembered(t *testing.T) {
	w := onMemory(t)
	w.signUp("ada@example.com")
	b := w.browser()
	to := b.get("/auth/signin?callbackUrl=%2Fapp%3Fx%3D1").shows(302).Header.Get("Location")
	if to != w.front.URL+"/signin?callbackUrl="+url.QueryEscape(w.front.URL+"/app?x=1") {
		t.Errorf("GET /auth/signin leads to %s", to)
	}
	if got := b.call("callback/credentials", "csrfToken", b.csrf(), "email", "ada@example.com", "password", testPassword); got != "/app?x=1" {
		t.Errorf("signing in leads to %s, want the remembered callbackUrl", got)
	}
}

func TestCookiesFollowBaseURLWhateverTheRequestSays(t *testing.T) { // CK-2, issue: cookie security from BASE_URL
	w := onMemory(t)
	site := w.handler()
	for _, forwarded := range []string{"", "http", "https"} {
		r, _ := http.NewRequest("GET", "http://internal:8080/auth/csrf", nil)
		r.Header.Set("X-Forwarded-Proto", forwarded)
		r.RemoteAddr = "127.0.0.1:1234"
		rec := &recorder{header: http.Header{}}
		site.ServeHTTP(rec, r)
		line := rec.header.Get("Set-Cookie")
		if !strings.HasPrefix(line, "__Host-authjs.csrf-token=") || !strings.Contains(line, "; Secure") {
			t.Errorf("behind a proxy that says %q the cookie is %s, want it as BASE_URL says", forwarded, line)
		}
	}
}

// recorder keeps the headers of an answer.
type recorder struct{ header http.Header }

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorder) WriteHeader(int)             {}

func TestAProfileThatDoesNotFitIsRefused(t *testing.T) { // CK-3
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	user, _, _ := w.db.UserByEmail(t.Context(), "ada@example.com")
	grow := func(bytes int) {
		w.wait(time.Second)
		_, err := w.db.UpdateUser(t.Context(), user.ID, w.now(), func(u *accounts.Editable) error {
			u.Profile.Plan = strings.Repeat("x", bytes)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, bytes := range []int{3_000, 5_000, 8_000} { // one cookie would not do: chunks
		grow(bytes)
		c := w.browser()
		c.post("/signin", "email", "ada@example.com", "password", testPassword).redirectsTo("/dashboard").shows(200)
		chunks := 0
		for _, cookie := range c.client.Jar.Cookies(c.origin()) {
			if strings.HasPrefix(cookie.Name, "__Secure-authjs.session-token.") {
				chunks++
			}
			if len(cookie.Name)+len(cookie.Value) > 4096 {
				t.Errorf("cookie %s has %d bytes", cookie.Name, len(cookie.Value))
			}
		}
		if chunks < 2 {
			t.Errorf("claims of %d bytes travel in %d chunks, want some", bytes, chunks)
		}
		c.post("/signout")
		if got := c.client.Jar.Cookies(c.origin()); len(got) != 0 {
			t.Errorf("%d cookies are left after signing out", len(got))
		}
	}
	grow(20_000)
	c := w.browser()
	c.post("/signin", "email", "ada@example.com", "password", testPassword).shows(500, "too large")
	if got := c.call("callback/credentials", "csrfToken", c.csrf(), "email", "ada@example.com", "password", testPassword); got != "/auth/error?error=Configuration" {
		t.Errorf("a profile that does not fit leads to %s", got)
	}
	if c.session() != "" || !strings.Contains(w.log.String(), "does not fit") {
		t.Error("the refusal set a cookie or is not in the log")
	}
	live, _ := w.db.Live(t.Context(), user.ID, w.now())
	if len(live) != 1 {
		t.Errorf("%d sessions are live, want only the first browser's", len(live))
	}
	b.get("/dashboard").shows(200) // who is in stays in
}

func TestRolesReachPagesAndClients(t *testing.T) {
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	user, _, _ := w.db.UserByEmail(t.Context(), "ada@example.com")
	w.wait(time.Second)
	if _, err := w.db.UpdateUser(t.Context(), user.ID, w.now(), func(u *accounts.Editable) error {
		u.Profile = auth.Profile{Roles: []string{"admin"}, Plan: "pro"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.wait(6 * time.Minute)
	got := userIn(t, b.get("/auth/session").text)
	if roles, _ := got["roles"].([]any); len(roles) != 1 || roles[0] != "admin" || got["plan"] != "pro" {
		t.Errorf("the session says %v, want the roles and the plan", got)
	}
	codec, _ := authjs.NewCodec(w.cfg.CookieName, w.cfg.Secrets...)
	claims, err := codec.Decode(b.session(), w.now())
	if err != nil || string(claims.Extra["roles"]) != `["admin"]` || string(claims.Extra["plan"]) != `"pro"` {
		t.Errorf("the claims are %s, %v, want the roles and the plan among them", claims.Extra, err)
	}
}
