package authapi_test

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
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// flows are those of clients, each under both strategies on both databases.
var flows = map[string]func(t *testing.T, w *webtest.Site){
	"a client of Auth.js signs in, asks, updates and signs out": clientOfAuthJS,
	"an update reaches every session of the user":               updateEverywhere,
	"the secret is rotated":                                     secretRotated,
	"a cookie that Auth.js has re-encoded is read":              reencoded,
	"a client hears of the session limit":                       clientAtTheLimit,
}

func TestFlowsOfClients(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		for name, flow := range flows {
			t.Run(name, func(t *testing.T) { flow(t, webtest.New(t, w.Database, w.Auth.Strategy)) })
		}
	})
}

// csrf asks for the token as a client does.
func csrf(b *webtest.Browser) string {
	b.T.Helper()
	var answer struct{ CSRFToken string }
	got := b.Get("/auth/csrf").Shows(200)
	if err := json.Unmarshal([]byte(got.Text), &answer); err != nil || len(answer.CSRFToken) != 64 {
		b.T.Fatalf("GET /auth/csrf = %s, want a token", got.Text)
	}
	return answer.CSRFToken
}

// call posts a form as next-auth/react does and returns the address it gets.
func call(b *webtest.Browser, endpoint string, pairs ...string) string {
	b.T.Helper()
	b.Header.Set("X-Auth-Return-Redirect", "1")
	defer b.Header.Del("X-Auth-Return-Redirect")
	got := b.Post("/auth/"+endpoint, pairs...).Shows(200)
	var answer struct{ URL string }
	if err := json.Unmarshal([]byte(got.Text), &answer); err != nil {
		b.T.Fatalf("POST /auth/%s = %s: %v", endpoint, got.Text, err)
	}
	if u, err := url.Parse(answer.URL); err != nil || !u.IsAbs() || u.Host != b.Origin().Host {
		b.T.Fatalf("POST /auth/%s leads to %q, want an absolute address here", endpoint, answer.URL)
	}
	return strings.TrimPrefix(answer.URL, b.Site.URL)
}

// update posts data to the session endpoint and returns the user it answers.
func update(b *webtest.Browser, data string) map[string]any {
	b.T.Helper()
	got := b.Do("POST", "/auth/session", "application/json", `{"csrfToken":"`+csrf(b)+`","data":`+data+`}`).Shows(200)
	return userIn(b.T, got.Text)
}

func userIn(t testing.TB, body string) map[string]any {
	t.Helper()
	var answer struct{ User map[string]any }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s is no session: %v", body, err)
	}
	return answer.User
}

func clientOfAuthJS(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	w.SignUp(ada)
	b := w.Browser()
	token := csrf(b)
	if again := csrf(b); again != token {
		t.Error("the CSRF token changes though its cookie is there")
	}
	if got := call(b, "callback/credentials", "csrfToken", token, "email", ada, "password", "wrong, this one is"); got != "/auth/signin?error=CredentialsSignin&code=credentials" {
		t.Errorf("a wrong password leads to %s", got)
	}
	b.Get("/auth/signin?error=CredentialsSignin&code=credentials").Shows(302)
	b.Get("/signin?error=CredentialsSignin&code=credentials").Shows(200, `role="alert"`, "Wrong email or password.")
	if got := call(b, "callback/credentials", "csrfToken", token, "email", ada, "password", webtest.Password, "callbackUrl", "/app?x=1"); got != "/app?x=1" {
		t.Errorf("a sign-in leads to %s, want the callbackUrl", got)
	}
	b.Get("/dashboard").Shows(200, "Ada") // the pages see the same session
	if user := update(b, `{"name":"Ada King"}`); user["name"] != "Ada King" {
		t.Errorf("after an update the user is %v", user)
	}
	b.Get("/dashboard").Shows(200, "Ada King")
	if got := call(b, "signout", "csrfToken", token, "callbackUrl", "/bye"); got != "/bye" {
		t.Errorf("signing out leads to %s", got)
	}
	if got := b.Get("/auth/session").Text; got != "null" {
		t.Errorf("the session after signing out is %s", got)
	}
	b.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard")
	call(b, "signout", "csrfToken", token) // again is fine
}

func updateEverywhere(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b, phone, other := w.SignUp(ada), w.Browser(), w.SignUp("x"+ada)
	phone.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	w.Wait(time.Millisecond)
	for _, data := range []string{
		`{"name":"Ada King","image":"https://example.com/a.png","email":"eve@example.com","roles":["admin"],"plan":"pro","sub":"1"}`,
		`{"user":{"name":"Ada King","image":"https://example.com/a.png","roles":["admin"]}}`,
	} {
		if user := update(b, data); user["name"] != "Ada King" || user["image"] != "https://example.com/a.png" || user["email"] != ada || user["roles"] != nil || user["plan"] != nil {
			t.Errorf("after the update %s the user is %v, want only name and image changed", data, user)
		}
	}
	if user := userIn(t, phone.Get("/auth/session").Text); user["name"] != "Ada King" {
		t.Errorf("another session of the user still says %v", user)
	}
	phone.Get("/dashboard").Shows(200, "Ada King")
	if user := userIn(t, other.Get("/auth/session").Text); user["name"] != "Ada Lovelace" {
		t.Errorf("another user is now %v", user)
	}
	for _, bad := range []string{`{"name":"` + strings.Repeat("x", 201) + `"}`, `{"name":7}`, `{"image":"javascript:alert(1)"}`, `{"image":"http://example.com/a.png"}`, `{"user":{"name":["x"]}}`} {
		b.Do("POST", "/auth/session", "application/json", `{"csrfToken":"`+csrf(b)+`","data":`+bad+`}`).Shows(400, `{"message"`)
	}
	if user := update(b, `{"image":null}`); user["image"] != nil || user["name"] != "Ada King" {
		t.Errorf("after removing the picture the user is %v", user)
	}
}

func secretRotated(t *testing.T, w *webtest.Site) { // TK-6
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	token := csrf(b)
	old := b.Copy()
	before := b.Session()

	w.Auth.Secrets = []string{"the newest secret, thirty-two bytes.", w.Auth.Secrets[0]}
	w.Deploy()
	if again := csrf(b); again != token {
		t.Error("the CSRF cookie of the old secret was replaced, want it taken")
	}
	update(b, `{"name":"Ada King"}`)
	w.Wait(10 * time.Minute)
	b.Get("/dashboard").Shows(200, "Ada King")
	if w.Auth.Strategy == "jwt" && b.Session() == before {
		t.Error("the session was not issued anew under the new secret")
	}
	w.Auth.Secrets = w.Auth.Secrets[:1]
	w.Deploy()
	b.Get("/dashboard").Shows(200)
	got := old.Get("/auth/session").Text
	if w.Auth.Strategy == "jwt" && got != "null" {
		t.Errorf("a JWT under the secret that is gone gets %s", got)
	}
}

// reencoded does to a cookie what a Next.js application does: it decodes it,
// sets iat, exp and jti, adds a claim, and encodes it again.
func reencoded(t *testing.T, w *webtest.Site) {
	if w.Auth.Strategy != "jwt" {
		return // there is nothing in the cookie to re-encode
	}
	b := w.SignUp(webtest.Email(t))
	codec, err := authjs.NewCodec(w.Auth.CookieName, w.Auth.Secrets...)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := codec.Decode(b.Session(), w.Now())
	if err != nil {
		t.Fatal(err)
	}
	claims.IssuedAt, claims.ExpiresAt, claims.ID = w.Now(), w.Now().Add(30*24*time.Hour), ""
	claims.Extra = map[string]json.RawMessage{"theirs": json.RawMessage(`{"a":1}`)}
	theirs, err := codec.Encode(claims)
	if err != nil {
		t.Fatal(err)
	}
	b.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{{Name: w.Auth.CookieName, Value: theirs, Path: "/", Secure: true}})
	b.Get("/dashboard").Shows(200)
	w.Wait(10 * time.Minute)
	b.Get("/dashboard").Shows(200) // renews
	ours, err := codec.Decode(b.Session(), w.Now())
	if err != nil || b.Session() == theirs {
		t.Fatalf("the cookie was not issued anew: %v", err)
	}
	if string(ours.Extra["theirs"]) != `{"a":1}` {
		t.Errorf("their claim is %s after a renewal, want it unchanged", ours.Extra["theirs"])
	}
	if left := ours.ExpiresAt.Sub(w.Now()); left > 24*time.Hour {
		t.Errorf("the session has %v left, want our lifetime and not theirs", left)
	}
	thief := b.Copy()
	b.Post("/signout")
	if got := thief.Get("/auth/session").Text; got != "null" {
		t.Errorf("the re-encoded session gets %s after signing out", got)
	}

	// One that they made by themselves, without a session of ours, is nobody.
	claims.SessionID = "made-up"
	minted, _ := codec.Encode(claims)
	thief.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{{Name: w.Auth.CookieName, Value: minted, Path: "/", Secure: true}})
	w.Wait(10 * time.Minute)
	if got := thief.Get("/auth/session").Text; got != "null" {
		t.Errorf("a token without a session of ours gets %s", got)
	}
}

func clientAtTheLimit(t *testing.T, w *webtest.Site) {
	w.Auth.Policy, w.Auth.Limit = auth.PolicyDeny, 1
	w.Deploy()
	ada := webtest.Email(t)
	w.SignUp(ada)
	b := w.Browser()
	if got := call(b, "callback/credentials", "csrfToken", csrf(b), "email", ada, "password", webtest.Password); got != "/auth/signin?error=CredentialsSignin&code=session_limit" {
		t.Errorf("a sign-in at the limit leads to %s", got)
	}
	b.Get("/signin?error=CredentialsSignin&code=session_limit").Shows(200, "reached your limit of devices")
}

func TestEveryUnsafeEndpointNeedsTheToken(t *testing.T) { // CS-2
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	token := csrf(b)
	forged := token + "|" + strings.Repeat("0", 64)
	b.Header["Sec-Fetch-Site"] = nil // a client that says nothing of where it comes from
	b.Header["Origin"] = nil
	for _, sent := range []string{"", "x", strings.Repeat("a", 64), forged} {
		for _, endpoint := range []string{"signin", "signin/credentials", "callback/credentials", "signout"} {
			if got := call(b, endpoint, "csrfToken", sent, "email", "ada@example.com", "password", webtest.Password); got != "/auth/signin?error=MissingCSRF" {
				t.Errorf("POST /auth/%s with the token %.10q leads to %s, want MissingCSRF", endpoint, sent, got)
			}
		}
		b.Do("POST", "/auth/session", "application/json", `{"csrfToken":"`+sent+`","data":{"name":"Eve"}}`).Shows(400, "null")
	}
	eve := w.Browser()
	eve.Header["Sec-Fetch-Site"] = nil
	eve.Header["Origin"] = nil
	if got := call(eve, "callback/credentials", "csrfToken", token, "email", "ada@example.com", "password", webtest.Password); got != "/auth/signin?error=MissingCSRF" {
		t.Errorf("another browser's token leads to %s, want MissingCSRF", got)
	}
	b.Get("/dashboard").Shows(200, "Ada Lovelace")
	if got := call(b, "signout", "csrfToken", token); got != "" {
		t.Errorf("signing out with the right token leads to %q, want the origin", got)
	}
}

// Two pages that open at once each ask for a token; the jar keeps one cookie.
func TestATokenThatLostItsCookieIsTakenOnOurOwnPages(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	first, second := w.Browser(), w.Browser()
	lost := csrf(first)
	kept := csrf(second)
	if lost == kept {
		t.Fatal("two browsers have one token")
	}
	if got := call(second, "callback/credentials", "csrfToken", lost, "email", "ada@example.com", "password", webtest.Password); got != "" {
		t.Errorf("a same-origin request with the token that lost leads to %q, want it signed in", got)
	}
}

func TestEndpointsTakeFormsAndJSON(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.Browser()
	b.Do("POST", "/auth/callback/credentials", "application/json",
		`{"csrfToken":"`+csrf(b)+`","email":"ada@example.com","password":"`+webtest.Password+`","callbackUrl":"/dashboard"}`).Shows(302)
	b.Get("/dashboard").Shows(200)
	for _, bad := range []string{"", "{", "[]", "7", `"x"`, `{"a":1}{`, `{} x`, "\x00"} {
		b.Do("POST", "/auth/session", "application/json", bad).Shows(400, `"Bad request."`)
	}
	b.Do("POST", "/auth/signout", "application/json", `{"csrfToken":"`+strings.Repeat("x", kit.MaxBody)+`"}`).Shows(413)
	b.Do("POST", "/auth/session", "multipart/form-data; boundary=x", "--x--").Shows(400, "null")
	for _, r := range []string{"GET /auth/nope", "PUT /auth/session", "HEAD /auth/session", "DELETE /auth/csrf", "GET /auth/session/x", "GET /auth/callback", "GET /auth/"} {
		method, path, _ := strings.Cut(r, " ")
		b.Do(method, path, "", "").Shows(400)
	}
}

func TestCallbacksOfEndpointsStayHere(t *testing.T) { // RD-1, RD-2
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	token := ""
	for i, raw := range webtest.HostileCallbacks {
		if len(raw) > 10_000 || strings.ContainsAny(raw, "\x00") {
			continue
		}
		b := w.Browser()
		if i%10 == 0 || token == "" {
			token = csrf(b)
		}
		if got := call(b, "signout", "csrfToken", csrf(b), "callbackUrl", raw); got != "" {
			t.Errorf("callbackUrl %q in the body leads to %q, want the origin", raw, got)
		}
		if got := call(b, "signout?callbackUrl="+url.QueryEscape(raw), "csrfToken", csrf(b)); got != "" {
			t.Errorf("callbackUrl %q in the query leads to %q, want the origin", raw, got)
		}
		b.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{{Name: authjs.CallbackCookieName(true), Value: authjs.EncodeValue(raw), Path: "/", Secure: true}})
		if got := call(b, "signout", "csrfToken", csrf(b)); got != "" {
			t.Errorf("callbackUrl %q in the cookie leads to %q, want the origin", raw, got)
		}
	}
	b := w.Browser()
	if got := call(b, "signout", "csrfToken", csrf(b), "callbackUrl", strings.Repeat("x", 50_000)); got != "" {
		t.Errorf("a huge callbackUrl leads to %q", got)
	}
	b.Get("/auth/signin?callbackUrl=/a&callbackUrl=https://evil.example").Shows(302)
}

func TestTheCallbackIsRemembered(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.Browser()
	to := b.Get("/auth/signin?callbackUrl=%2Fapp%3Fx%3D1").Shows(302).Header.Get("Location")
	if to != w.URL+"/signin?callbackUrl="+url.QueryEscape(w.URL+"/app?x=1") {
		t.Errorf("GET /auth/signin leads to %s", to)
	}
	if got := call(b, "callback/credentials", "csrfToken", csrf(b), "email", "ada@example.com", "password", webtest.Password); got != "/app?x=1" {
		t.Errorf("signing in leads to %s, want the remembered callbackUrl", got)
	}
}

func TestCookiesFollowBaseURLWhateverTheRequestSays(t *testing.T) { // CK-2, issue: cookie security from BASE_URL
	w := webtest.OnMemory(t)
	site := w.Handler()
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
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	user, _, _ := w.Database.UserByEmail(t.Context(), "ada@example.com")
	grow := func(bytes int) {
		w.Wait(time.Second)
		_, err := w.Database.UpdateUser(t.Context(), user.ID, w.Now(), func(u *accounts.Editable) error {
			u.Profile.Plan = strings.Repeat("x", bytes)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, bytes := range []int{3_000, 5_000, 8_000} { // one cookie would not do: chunks
		grow(bytes)
		c := w.Browser()
		c.Post("/signin", "email", "ada@example.com", "password", webtest.Password).RedirectsTo("/dashboard").Shows(200)
		chunks := 0
		for _, cookie := range c.Client.Jar.Cookies(c.Origin()) {
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
		c.Post("/signout").RedirectsTo("/signin?reason=signout")
		for _, left := range c.Client.Jar.Cookies(c.Origin()) {
			if left.Name != "__Host-device" { // by which the account knows the browser again
				t.Errorf("the cookie %s is left after signing out", left.Name)
			}
		}
	}
	grow(20_000)
	c := w.Browser()
	c.Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(500, "too large")
	if got := call(c, "callback/credentials", "csrfToken", csrf(c), "email", "ada@example.com", "password", webtest.Password); got != "/auth/error?error=Configuration" {
		t.Errorf("a profile that does not fit leads to %s", got)
	}
	if c.Session() != "" || !strings.Contains(w.Log.String(), "does not fit") {
		t.Error("the refusal set a cookie or is not in the log")
	}
	live, _, _ := w.Database.Live(t.Context(), user.ID, w.Now(), auth.Page{Limit: 10})
	if len(live) != 1 {
		t.Errorf("%d sessions are live, want only the first browser's", len(live))
	}
	b.Get("/dashboard").Shows(200) // who is in stays in
}

func TestRolesReachPagesAndClients(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	user, _, _ := w.Database.UserByEmail(t.Context(), "ada@example.com")
	w.Wait(time.Second)
	if _, err := w.Database.UpdateUser(t.Context(), user.ID, w.Now(), func(u *accounts.Editable) error {
		u.Profile = auth.Profile{Roles: []string{"admin"}, Plan: "pro"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.Wait(6 * time.Minute)
	got := userIn(t, b.Get("/auth/session").Text)
	if roles, _ := got["roles"].([]any); len(roles) != 1 || roles[0] != "admin" || got["plan"] != "pro" {
		t.Errorf("the session says %v, want the roles and the plan", got)
	}
	codec, _ := authjs.NewCodec(w.Auth.CookieName, w.Auth.Secrets...)
	claims, err := codec.Decode(b.Session(), w.Now())
	if err != nil || string(claims.Extra["roles"]) != `["admin"]` || string(claims.Extra["plan"]) != `"pro"` {
		t.Errorf("the claims are %s, %v, want the roles and the plan among them", claims.Extra, err)
	}
}

// What an address claims has not happened for that.
func TestTheErrorPageClaimsNothing(t *testing.T) {
	w := webtest.OnMemory(t)
	for _, status := range []string{"Configuration", "AccessDenied", "Verification", "x", ""} {
		got := w.Browser().Get("/auth/error?error="+status).Lacks(">200<").Shows(map[string]int{"Configuration": 400, "AccessDenied": 403, "Verification": 403, "x": 200, "": 200}[status], `href="/signin"`)
		if got.StatusCode >= 500 {
			t.Errorf("any visitor can cause a %d", got.StatusCode)
		}
	}
	if strings.Contains(w.Log.String(), `"level":"ERROR"`) {
		t.Error("an address makes errors in the log")
	}
}

func TestSigningInLeadsIntoNoCircle(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	for _, path := range []string{
		"/auth/signin?callbackUrl=/auth/signin", "/auth/signin", "/auth/signin?callbackUrl=/auth/./signin", "/auth/signin?callbackUrl=" + url.QueryEscape(w.URL+"/auth/signin?x=1"),
	} {
		b.Follow(path).Shows(200, "Ada")
	}
}

func TestRedirectsOfEndpointsAreKeptNowhere(t *testing.T) {
	b := webtest.OnMemory(t).Browser()
	for _, path := range []string{"/auth/signin", "/auth/signout", "/auth/callback/credentials", "/dashboard"} {
		if got := b.Get(path); got.StatusCode/100 != 3 || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("GET %s = %d, Cache-Control %q, want a redirect that is kept nowhere", path, got.StatusCode, got.Header.Get("Cache-Control"))
		}
	}
}
