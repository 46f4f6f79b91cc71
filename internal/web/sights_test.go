package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/auth"
)

// guestSights are the pages for who is not signed in.
var guestSights = []sight{
	{"home", func(v *viewer) { v.visit("/", "sessions you can revoke") }},
	{"sign in", func(v *viewer) { v.visit("/signin", "Development only") }},
	{"sign in, callback", func(v *viewer) { v.visit("/signin?callbackUrl=%2Faccount%2Fsessions", "Sign in") }},
	{"sign in, wrong password", func(v *viewer) {
		v.submit("/signin", "email", "ada@example.com", "password", "not the password")
		v.comesTo("/signin", "Wrong email or password")
	}},
	{"sign in, ended: signed out", ended(auth.ReasonSignedOut)},
	{"sign in, ended: in another tab", ended(otherTab)},
	{"sign in, ended: from another device", ended(auth.ReasonDevice)},
	{"sign in, ended: replaced", ended(auth.ReasonReplaced)},
	{"sign in, ended: limit", ended(auth.ReasonLimit)},
	{"sign in, ended: everywhere", ended(auth.ReasonEverywhere)},
	{"sign in, ended: password", ended(auth.ReasonPassword)},
	{"sign in, ended: admin", ended(auth.ReasonAdmin)},
	{"sign in, ended: reuse", ended(auth.ReasonReuse)},
	{"sign in, ended: deleted", ended(auth.ReasonDeleted)},
	{"sign in, ended: expired", ended(auth.ReasonExpired)},
	{"sign up", func(v *viewer) { v.visit("/signup", "Create an account") }},
	{"sign up, all errors", func(v *viewer) {
		v.submit("/signup", "name", strings.Repeat("long ", 30), "email", "ada@", "password", "too short")
		v.comesTo("/signup", "at most 100 characters")
	}},
	{"sign up, password shown", func(v *viewer) {
		v.visit("/signup", "Create an account")
		v.do("type a password", chromedp.SendKeys(chromedp.CSS("#password"), testPassword), chromedp.Click(chromedp.CSS("[data-reveal]")))
	}},
	{"too many devices", func(v *viewer) {
		v.world.cfg.Policy, v.world.cfg.Limit = auth.PolicyDeny, 3
		v.world.deploy()
		v.household("full@example.com", "Ada Lovelace", agents[:3]...)
		v.submit("/signin", "email", "full@example.com", "password", testPassword)
		v.comesTo("/signin", "limit of 3 devices")
	}},
}

// userSights are the pages for who is signed in.
var userSights = []sight{
	{"home, signed in", func(v *viewer) {
		v.as(v.household("ada@example.com", "Ada Lovelace"))
		v.visit("/", "Open your dashboard")
	}},
	{"dashboard", func(v *viewer) { v.visit("/dashboard", "Ada Lovelace") }},
	{"notice, about to end", noticed(`ending: Date.now() + 120000, final: false`)},
	{"notice, at the end", noticed(`ending: Date.now() + 120000, final: true`)},
	{"notice, connection lost", noticed(`lost: true`)},
	{"lab", func(v *viewer) { v.visit("/lab", "round trips") }},
	{"lab, large token", func(v *viewer) {
		v.visit("/lab", "Make the token large")
		v.do("make it large", chromedp.Click(chromedp.CSS("#lab-large")))
		v.comesTo("/lab", "Your roles fill")
	}},
	{"devices, menu open", func(v *viewer) {
		v.visit("/account/sessions", "This device")
		v.do("open the menu", chromedp.Click(chromedp.CSS(".me")))
	}},
	{"devices, dialog open", func(v *viewer) {
		v.visit("/account/sessions", "This device")
		v.do("open the dialog", chromedp.Click(chromedp.CSS("[popovertarget=end-all]")),
			chromedp.Evaluate[chromedp.Void](`Promise.all(document.getAnimations().map((a) => a.finished)).then(() => undefined)`, chromedp.EvalAwaitPromise))
	}},
	{"profile", func(v *viewer) { v.visit("/account/profile", "You sign in with") }},
	{"appearance", func(v *viewer) { v.visit("/account/appearance", "For this browser") }},
	{"devices, one", func(v *viewer) { v.visit("/account/sessions", "This device") }},
	{"sign out", func(v *viewer) { v.visit("/signout", "signed out on this device") }},
	{"devices, many", func(v *viewer) {
		v.as(v.household("many@example.com", "Ada Lovelace", agents...))
		v.visit("/account/sessions", "This device")
	}},
	{"devices, one just signed out", func(v *viewer) { v.visit("/account/sessions?done=one", "is signed out") }},
	{"devices, long words", func(v *viewer) {
		v.as(v.household(longEmail, longName, agents[1]))
		v.visit("/account/sessions", "This device")
	}},
	{"dashboard, long words", func(v *viewer) { v.visit("/dashboard", longName) }},
	{"home, long words", func(v *viewer) { v.visit("/", "Open your dashboard") }},
}

// troubleSights are the pages for when something is wrong.
var troubleSights = []sight{
	{"not found", func(v *viewer) { v.visit("/no/such/page", "Page not found") }},
	{"refused", func(v *viewer) {
		v.do("open another site's page", chromedp.Navigate("data:text/html,<form method=post action="+url.PathEscape(v.url+"/signout")+"><button>"))
		v.do("send its form", chromedp.Evaluate[chromedp.Void](`document.forms[0].submit()`))
		v.comesTo("/signout", "Request blocked")
	}},
	{"auth error, set-up", func(v *viewer) { v.visit("/auth/error?error=Configuration", "set up correctly") }},
	{"auth error, denied", func(v *viewer) { v.visit("/auth/error?error=AccessDenied", "You can't sign in here") }},
	{"not found, signed in", func(v *viewer) {
		v.as(v.household("ada@example.com", "Ada Lovelace"))
		v.visit("/no/such/page", "Page not found")
	}},
	{"signed out here only", func(v *viewer) {
		v.visit("/dashboard", "Ada Lovelace")
		v.db.down.Store(true)
		v.do("sign out", chromedp.Click(chromedp.CSS(".me")), chromedp.Click(chromedp.CSS("[action='/signout'] button")))
		v.comesTo("/signout", "in this browser only")
	}},
	{"outage", func(v *viewer) {
		v.db.down.Store(false)
		v.as(v.household("bob@example.com", "Bob"))
		v.db.down.Store(true)
		v.world.wait(time.Hour) // long enough for the session to be asked for
		v.visit("/dashboard", "right back")
	}},
}

// ended is the sign-in page that says why the visitor is signed out.
func ended(reason auth.Reason) func(*viewer) {
	return func(v *viewer) {
		v.visit("/signin?reason="+string(reason), "Sign in")
		v.do("find the notice", chromedp.WaitVisible(chromedp.CSS("main .note")))
	}
}

// noticed is the dashboard when session.js has come to know something.
func noticed(status string) func(*viewer) {
	return func(v *viewer) {
		v.visit("/dashboard", "Ada Lovelace")
		v.do("have session.js know", chromedp.Evaluate[chromedp.Void](`import("/static/session.js").then((m) => {
			document.addEventListener("session:status", () => Object.assign(m.status, { `+status+` }), true); // whatever the clock says
			document.dispatchEvent(new Event("session:status"));
		})`, chromedp.EvalAwaitPromise))
		v.do("find the notice", chromedp.WaitVisible(chromedp.CSS("#session-notice p")))
	}
}

func (v *viewer) visit(path, text string) {
	v.t.Helper()
	v.open(path)
	path, _, _ = strings.Cut(path, "?")
	v.comesTo(path, text)
}

// submit fills in the form of a page, given as id, value, id, value, …, and
// sends it.
func (v *viewer) submit(path string, pairs ...string) {
	v.t.Helper()
	v.open(path)
	for i := 0; i < len(pairs); i += 2 {
		v.do("fill in "+pairs[i], chromedp.SetValue(chromedp.CSS("#"+pairs[i]), pairs[i+1]))
	}
	v.do("send the form", chromedp.Click(chromedp.CSS("main form [type=submit]")))
}

const longName = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf"

var longEmail = strings.Repeat("wolfeschlegel", 4) + "@" + strings.Repeat("steinhausenbergerdorff", 2) + ".example.com"

// agents are browsers of all kinds, also those that nobody knows.
var agents = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
	"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
	"curl/8.14.1",
	"",
}

// household signs an account up, has it sign in with other browsers, some time
// apart and from all over the world, and returns the one that signs in last.
func (v *viewer) household(email, name string, others ...string) *browser {
	v.t.Helper()
	const apart = 3*time.Hour + 17*time.Minute
	v.world.wait(-apart * time.Duration(len(others))) // pages count from the clock on the wall
	b := v.world.browser()
	b.post("/signup", "name", name, "email", email, "password", testPassword).redirectsTo("/dashboard")
	if len(others) == 0 {
		return b
	}
	b.post("/account/sessions/end-all")
	for i, agent := range others {
		form := url.Values{"email": {email}, "password": {testPassword}}
		r := httptest.NewRequest("POST", v.url+"/signin", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("User-Agent", agent)
		r.RemoteAddr = []string{"203.0.113.7:1", "[2001:db8:85a3:1234:5678:8a2e:370:7334]:1"}[i%2]
		answer := httptest.NewRecorder()
		if v.world.handler().ServeHTTP(answer, r); answer.Code != 303 {
			v.t.Fatalf("POST /signin = %d, want 303: %.300s", answer.Code, answer.Body)
		}
		v.world.wait(apart)
	}
	if v.world.cfg.Policy == auth.PolicyDeny {
		return nil
	}
	b.agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	b.post("/signin", "email", email, "password", testPassword).redirectsTo("/dashboard")
	return b
}
