package web

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// The main flows, each under both strategies on both databases.
var flows = map[string]func(t *testing.T, w *world){
	"sign up, look around, sign out, sign in":            signUpAndIn,
	"a guest is brought back to the page he wanted":      broughtBack,
	"a wrong password says so and keeps the address":     wrongPassword,
	"a bad sign-up says what is wrong at each field":     badSignUp,
	"devices are listed and ended one by one":            devicesOneByOne,
	"the other devices are signed out":                   othersOut,
	"all devices are signed out":                         allOut,
	"nobody ends another user's session":                 notAnothers,
	"a sign-in over the limit evicts and says so":        evicted,
	"deny offers to sign out the others":                 denied,
	"the session endpoint says who is signed in":         sessionEndpoint,
	"signing out is by POST, final, and may be repeated": signingOut,
	"a stolen cookie dies with its session everywhere":   stolen,
	"activity keeps a session, up to its absolute end":   lifetimes,
	"changing the strategy signs nobody out":             flipped,
	"signing in again replaces the session":              again,
	"a late poll does not delete a new session":          latePoll,
	"nobody is sent back and forth":                      noLoops,
	"ids that no database would take are nobody's":       oddIDs,
}

func TestFlows(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		for name, flow := range flows {
			t.Run(name, func(t *testing.T) {
				own := newWorld(t, w.db, w.cfg.Strategy)
				flow(t, own)
			})
		}
	})
}

// someone is an address that no other flow on this database uses.
func someone(t *testing.T) string {
	name := regexp.MustCompile(`[^a-z]+`).ReplaceAllString(strings.ToLower(t.Name()), "-")
	return "ada" + name[len(name)-30:] + "@example.com"
}

func signUpAndIn(t *testing.T, w *world) {
	ada := someone(t)
	b := w.browser()
	b.get("/").shows(200, w.cfg.Strategy)
	b.get("/signup").shows(200, `name="email"`, `name="password"`, "15")
	b.post("/signup", "name", "Ada Lovelace", "email", strings.ToUpper(ada), "password", testPassword).
		redirectsTo("/dashboard").shows(200, "Ada")
	b.get("/account/sessions").shows(200, "Firefox on Windows", "127.0.0.1")
	b.post("/signout").redirectsTo("/signin?reason=signout").shows(200, "You&#39;re signed out.")
	if b.session() != "" {
		t.Error("the session cookie is still there after signing out")
	}
	b.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard")
	b.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard").shows(200, "Ada")
	b.get("/signin").redirectsTo("/dashboard")
}

func broughtBack(t *testing.T, w *world) {
	ada := someone(t)
	w.signUp(ada)
	b := w.browser()
	form := b.get("/account/sessions?done=one").redirectsTo("/signin?callbackUrl=%2Faccount%2Fsessions%3Fdone%3Done")
	form.shows(200, `value="/account/sessions?done=one"`)
	b.post("/signin", "email", ada, "password", testPassword, "callbackUrl", "/account/sessions?done=one").
		redirectsTo("/account/sessions?done=one").shows(200)
	c := w.browser()
	c.post("/signin", "email", ada, "password", testPassword, "callbackUrl", "https://evil.example/").redirectsTo("/dashboard")
}

func wrongPassword(t *testing.T, w *world) {
	ada := someone(t)
	w.signUp(ada)
	b := w.browser()
	wrong := b.post("/signin", "email", ada, "password", "not the right one, this", "callbackUrl", "/account/sessions")
	wrong.shows(422, `role="alert"`, `value="`+ada+`"`, `value="/account/sessions"`).lacks("not the right one")
	unknown := w.browser().post("/signin", "email", "x"+ada, "password", "not the right one, this", "callbackUrl", "/account/sessions")
	if mask(unknown.text, "x"+ada) != mask(wrong.text, ada) { // LG-1
		t.Error("the page for an unknown address differs from the one for a wrong password")
	}
	if b.session() != "" {
		t.Error("a failed sign-in set a session cookie")
	}
}

var nonces = regexp.MustCompile(`(nonce|data-now)="[^"]*"`)

// mask hides what may differ between two pages.
func mask(page, email string) string {
	return strings.ReplaceAll(nonces.ReplaceAllString(page, ""), email, "EMAIL")
}

func badSignUp(t *testing.T, w *world) {
	ada := someone(t)
	b := w.browser()
	b.post("/signup", "name", "Ada <b>", "email", "nope", "password", "secret one").
		shows(422, `field-error`, `aria-invalid="true"`, "aria-describedby", "Ada &lt;b&gt;", `value="nope"`, "at least 15").
		lacks("secret one", "<b>")
	w.signUp(ada)
	b.post("/signup", "email", ada, "password", testPassword).shows(422, "already has an account")
	b.post("/signup", "email", "x"+ada, "password", "passwordpassword").shows(422, "lists that attackers try")
	if b.session() != "" {
		t.Error("a failed sign-up set a session cookie")
	}
}

var endForm = regexp.MustCompile(`action="/account/sessions/([\w-]+)/end[#"]`)

func devicesOneByOne(t *testing.T, w *world) {
	ada := someone(t)
	b := w.signUp(ada)
	phone := w.browser()
	phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")

	list := b.get("/account/sessions").shows(200, "Firefox on Windows", "Safari on iPhone")
	ids := endForm.FindAllStringSubmatch(list.text, -1)
	if len(ids) != 1 {
		t.Fatalf("the list has %d forms to end another device, want 1", len(ids))
	}
	b.post("/account/sessions/"+ids[0][1]+"/end").redirectsTo("/account/sessions?done=one").shows(200, "The device is signed out.").lacks("Safari")
	b.post("/account/sessions/" + ids[0][1] + "/end").redirectsTo("/account/sessions?done=none")
	phone.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=device").shows(200, "signed out from another device")
	b.get("/dashboard").shows(200)
}

func othersOut(t *testing.T, w *world) {
	ada := someone(t)
	b, c := w.signUp(ada), w.browser()
	c.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	b.post("/account/sessions/end-others").redirectsTo("/account/sessions?done=others").shows(200, "All other devices are signed out.")
	c.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=everywhere").shows(200, "signed out everywhere")
	b.get("/dashboard").shows(200)
}

func allOut(t *testing.T, w *world) {
	ada := someone(t)
	b, c := w.signUp(ada), w.browser()
	c.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	b.post("/account/sessions/end-all").redirectsTo("/signin?reason=everywhere")
	for _, x := range []*browser{b, c} {
		if got := x.get("/dashboard"); got.StatusCode != 303 {
			t.Errorf("a device answers %d after all were signed out, want 303", got.StatusCode)
		}
	}
}

func notAnothers(t *testing.T, w *world) {
	ada, bob := w.signUp(someone(t)), w.signUp("bob"+someone(t))
	phone := ada.copy()
	w.browser().post("/signin", "email", someone(t), "password", testPassword)
	list := ada.get("/account/sessions")
	id := endForm.FindStringSubmatch(list.text)[1]
	bob.post("/account/sessions/" + id + "/end").redirectsTo("/account/sessions?done=none")
	bob.post("/account/sessions/end-others")
	phone.get("/dashboard").shows(200)
	ada.get("/account/sessions").shows(200, id)
}

func evicted(t *testing.T, w *world) {
	ada := someone(t)
	first := w.signUp(ada)
	for range 3 {
		w.wait(time.Second)
		w.browser().post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	}
	if body := first.get("/auth/session").shows(200, "null"); body.Header.Get("Session-Ended") != "limit" {
		t.Errorf("the evicted browser's poll says Session-Ended %q, want limit", body.Header.Get("Session-Ended"))
	}
	// Told by the sign-in page itself, too, while the browser still has the cookie.
	second := w.signUp("x" + ada)
	thief := second.copy()
	for range 3 {
		w.wait(time.Second)
		w.browser().post("/signin", "email", "x"+ada, "password", testPassword).redirectsTo("/dashboard")
	}
	second.get("/signin").shows(200, "signed in on another device")
	second.get("/signin").shows(200).lacks("signed in on another device") // once
	thief.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=limit").shows(200, "signed in on another device")
}

var proofField = regexp.MustCompile(`name="proof" value="([^"]+)"`)

func denied(t *testing.T, w *world) {
	w.cfg.Policy, w.cfg.Limit = auth.PolicyDeny, 2
	w.deploy()
	ada := someone(t)
	first, second, third := w.signUp(ada), w.browser(), w.browser()
	second.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	full := third.post("/signin", "email", ada, "password", testPassword, "callbackUrl", "/account/sessions").
		shows(409, "Firefox on Windows", "/account/sessions")
	if third.session() != "" {
		t.Error("a denied sign-in set a session cookie")
	}
	first.get("/dashboard").shows(200)
	proof := proofField.FindStringSubmatch(full.text)[1]
	third.post("/signin/continue", "proof", "x"+proof).shows(422, "no longer valid")
	third.post("/signin/continue", "proof", proof, "callbackUrl", "/account/sessions").redirectsTo("/account/sessions").shows(200)
	first.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=limit")
	w.browser().post("/signin/continue", "proof", proof).shows(422, "no longer valid")
}

func sessionEndpoint(t *testing.T, w *world) {
	guest := w.browser().get("/auth/session").shows(200)
	if guest.text != "null" || len(guest.Cookies()) != 0 {
		t.Errorf("GET /auth/session of a guest = %q and %d cookies, want null and none", guest.text, len(guest.Cookies()))
	}
	ada := someone(t)
	b := w.signUp(ada)
	got := b.get("/auth/session").shows(200)
	for name, want := range map[string]string{ // authjs.md §5
		"Cache-Control": "private, no-cache, no-store", "Expires": "0", "Pragma": "no-cache", "Content-Type": "application/json",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
	var session struct {
		User    map[string]any
		Expires string
	}
	if err := json.Unmarshal([]byte(got.text), &session); err != nil {
		t.Fatalf("GET /auth/session = %s: %v", got.text, err)
	}
	if session.User["email"] != ada || session.User["name"] != "Ada Lovelace" || session.User["image"] != nil || len(session.User) != 3 {
		t.Errorf("user = %v, want Ada's name, address and image", session.User)
	}
	expires, err := time.Parse("2006-01-02T15:04:05.000Z", session.Expires)
	if left := expires.Sub(w.now()); err != nil || left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("expires = %q, in %v, want an ISO time in a day", session.Expires, left)
	}
	b.do("POST", "/auth/nothing", "application/json", "{}").shows(400, `"Bad request."`)
}

func signingOut(t *testing.T, w *world) { // SE-6, CS-4
	b := w.signUp(someone(t))
	b.get("/signout").shows(200, `action="/signout"`, `method="post"`)
	b.get("/dashboard").shows(200)
	saved := b.copy()
	out := b.post("/signout")
	if out.Header.Get("Clear-Site-Data") == "" {
		t.Error("signing out sends no Clear-Site-Data")
	}
	if n := len(out.Cookies()); n != 5 {
		t.Errorf("signing out deletes %d cookies, want the plain one and four chunks", n)
	}
	b.post("/signout").redirectsTo("/signin?reason=signout")
	saved.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=tab")
	saved.post("/signout").redirectsTo("/signin?reason=signout")
	b.get("/signout").redirectsTo("/")
}

func stolen(t *testing.T, w *world) { // SE-6, RV-1
	b := w.signUp(someone(t))
	old := b.copy()
	w.wait(10 * time.Minute)
	b.get("/dashboard").shows(200) // renews
	thief := b.copy()
	other := w.instance()
	thief.get("/dashboard").shows(200)
	b.post("/signout")

	for _, x := range []*browser{old, thief} {
		copied := x.copy()
		if got := x.get("/auth/session"); got.text != "null" {
			t.Errorf("a stolen cookie gets %s on the instance that ended the session, want null", got.text)
		}
		w.mu.Lock()
		here := w.site
		w.site = other
		w.mu.Unlock()
		deadline := time.Now().Add(10 * time.Second)
		for copied.copy().get("/auth/session").text != "null" {
			if time.Now().After(deadline) {
				t.Error("a stolen cookie still answers on another instance")
				break
			}
		}
		w.mu.Lock()
		w.site = here
		w.mu.Unlock()
	}
}

func lifetimes(t *testing.T, w *world) { // SE-4, SE-5
	b := w.signUp(someone(t))
	idle := b.copy()
	for range 71 {
		w.wait(time.Hour)
		b.get("/dashboard").shows(200)
	}
	w.wait(59 * time.Minute)
	b.get("/dashboard").shows(200)
	w.wait(2 * time.Minute)
	b.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=expired").shows(200, "session expired")
	if got := idle.get("/auth/session"); got.text != "null" {
		t.Errorf("a cookie unused for days gets %s, want null", got.text)
	}
}

func flipped(t *testing.T, w *world) {
	b := w.signUp(someone(t))
	kind := func() bool { return strings.Count(b.session(), ".") == 4 }
	before := kind()
	w.cfg.Strategy = map[string]string{"jwt": "database", "database": "jwt"}[w.cfg.Strategy]
	w.deploy()
	b.get("/dashboard").shows(200, "Ada")
	if kind() == before {
		t.Error("the cookie was not replaced by one of the strategy in force")
	}
	b.get("/dashboard").shows(200, "Ada")
	b.post("/signout")
	b.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard")
}

func again(t *testing.T, w *world) { // SE-1
	ada := someone(t)
	b := w.signUp(ada)
	old := b.copy()
	b.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	if b.session() == old.session() {
		t.Error("signing in again kept the cookie")
	}
	if n := len(endForm.FindAllString(b.get("/account/sessions").text, -1)); n != 0 {
		t.Errorf("%d other devices after signing in again in one browser, want 0", n)
	}
	target := old.get("/dashboard").Header.Get("Location")
	if u, _ := url.Parse(target); u.Path != "/signin" {
		t.Errorf("the replaced cookie leads to %q, want the sign-in page", target)
	}
}

// SE-7, the other way round: the answer to an evicted browser's poll comes after
// that of its next sign-in.
func latePoll(t *testing.T, w *world) {
	ada := someone(t)
	b := w.signUp(ada)
	for range 3 {
		w.wait(time.Second)
		w.browser().post("/signin", "email", ada, "password", testPassword)
	}
	late := b.copy().get("/auth/session").shows(200, "null")
	b.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	b.client.Jar.SetCookies(b.origin(), late.Cookies())
	b.get("/dashboard").shows(200)
}

// ends follows redirects to their end.
func (b *browser) ends(path string) *answer {
	b.t.Helper()
	for range 10 {
		a := b.get(path)
		to := a.Header.Get("Location")
		if to == "" {
			return a
		}
		path = strings.TrimPrefix(to, b.world.front.URL)
	}
	b.t.Fatalf("%s is one of a circle of redirects", path)
	return nil
}

func noLoops(t *testing.T, w *world) {
	b := w.signUp(someone(t))
	for _, path := range []string{
		"/signin?callbackUrl=/signin", "/signin?callbackUrl=%2Fsignin%3FcallbackUrl%3D%2Fsignup", "/signup?callbackUrl=/signin%23x",
		"/auth/signin?callbackUrl=/auth/signin", "/auth/signin", "/auth/signin?callbackUrl=/auth/./signin", "/signin?callbackUrl=/x/../signin", "/signin?callbackUrl=/signin/", "/auth/signin?callbackUrl=" + url.QueryEscape(w.front.URL+"/auth/signin?x=1"),
	} {
		b.ends(path).shows(200, "Ada")
	}
	// The cookie is good, but the row is gone: another database, say.
	if _, err := w.db.Collect(t.Context(), w.now().Add(1000*time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.ends("/account/sessions").shows(200, `action="/signin"`)
	b.ends("/dashboard").shows(200, `action="/signin"`)
}

func oddIDs(t *testing.T, w *world) {
	b := w.signUp(someone(t))
	for _, id := range []string{"%00", "%ff", "%C3%28", "'%20OR%201=1--", strings.Repeat("x", 2000)} {
		b.post("/account/sessions/" + id + "/end").redirectsTo("/account/sessions?done=none")
	}
	for _, user := range []string{"\x00", "\xff", "nobody", strings.Repeat("x", 2000)} {
		w.browser().post("/signin/continue", "proof", user+".9999999999.x").shows(422, "no longer valid")
	}
	w.browser().post("/signin", "email", "ada\x00@example.com", "password", "\x00\xff").shows(422)
	w.browser().post("/signup", "email", someone(t)+"x", "name", "A\x00", "password", testPassword).shows(422)
}
