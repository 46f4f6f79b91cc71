package web_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/auth"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// Every page in every state that a person can meet: for guests, for users, when
// something is wrong, and for developers. Parts look at their own; see
// TestEveryPageHasASight.
func TestTheLookOfPagesForGuests(t *testing.T) {
	t.Parallel()
	webtest.Look(t, withDemo, guestSights...)
}
func TestTheLookOfPagesForUsers(t *testing.T) { t.Parallel(); webtest.Look(t, withDemo, userSights...) }
func TestTheLookOfMail(t *testing.T)          { t.Parallel(); webtest.Look(t, inDevelopment, mailSights...) }
func TestTheLookOfTrouble(t *testing.T)       { t.Parallel(); webtest.Look(t, withDemo, troubleSights...) }
func TestTheLookOfComponents(t *testing.T) {
	t.Parallel()
	webtest.Look(t, inDevelopment, developerSights...)
}

func withDemo(s *webtest.Site) {
	s.Web.Demo = &views.Demo{Email: "demo@example.com", Password: "correct horse battery staple"}
}

func inDevelopment(s *webtest.Site) { s.Web.Development = true }

// developerSights are the pages of a site in development.
var developerSights = []webtest.Sight{
	{Page: "/dev/ui", Name: "components", Show: func(v *webtest.Viewer) {
		v.As(v.Site.SignUp("ada@example.com"))
		v.Visit("/dev/ui", "Components")
	}},
}

// guestSights are the pages for who is not signed in.
var guestSights = []webtest.Sight{
	{Page: "/", Name: "home", Show: func(v *webtest.Viewer) { v.Visit("/", "sessions you can revoke") }},
	{Page: "/signin", Name: "sign in", Show: func(v *webtest.Viewer) { v.Visit("/signin", "Development only") }},
	{Page: "/signin", Name: "sign in, callback", Show: func(v *webtest.Viewer) { v.Visit("/signin?callbackUrl=%2Faccount%2Fsessions", "Sign in") }},
	{Page: "/signin", Name: "sign in, wrong password", Show: func(v *webtest.Viewer) {
		v.Submit("/signin", "email", "ada@example.com", "password", "not the password")
		v.ComesTo("/signin", "Wrong email or password")
	}},
	{Page: "/signin", Name: "sign in, ended: signed out", Show: ended(auth.ReasonSignedOut)},
	{Page: "/signin", Name: "sign in, ended: in another tab", Show: ended(kit.OtherTab)},
	{Page: "/signin", Name: "sign in, ended: from another device", Show: ended(auth.ReasonDevice)},
	{Page: "/signin", Name: "sign in, ended: replaced", Show: ended(auth.ReasonReplaced)},
	{Page: "/signin", Name: "sign in, ended: limit", Show: ended(auth.ReasonLimit)},
	{Page: "/signin", Name: "sign in, ended: everywhere", Show: ended(auth.ReasonEverywhere)},
	{Page: "/signin", Name: "sign in, ended: password", Show: ended(auth.ReasonPassword)},
	{Page: "/signin", Name: "sign in, ended: admin", Show: ended(auth.ReasonAdmin)},
	{Page: "/signin", Name: "sign in, ended: reuse", Show: ended(auth.ReasonReuse)},
	{Page: "/signin", Name: "sign in, ended: deleted", Show: ended(auth.ReasonDeleted)},
	{Page: "/signin", Name: "sign in, ended: expired", Show: ended(auth.ReasonExpired)},
	{Page: "/signup", Name: "sign up", Show: func(v *webtest.Viewer) { v.Visit("/signup", "Create an account") }},
	{Page: "/signup", Name: "sign up, all errors", Show: func(v *webtest.Viewer) {
		v.Submit("/signup", "name", strings.Repeat("long ", 50), "email", "ada@", "password", "too short")
		v.ComesTo("/signup", "at most 200 characters")
	}},
	{Page: "/signup", Name: "sign up, password shown", Show: func(v *webtest.Viewer) {
		v.Visit("/signup", "Create an account")
		v.Do("type a password", chromedp.SendKeys(chromedp.CSS("#password"), webtest.Password), chromedp.Click(chromedp.CSS("[data-reveal]")))
	}},
	{Name: "too many devices", Show: func(v *webtest.Viewer) {
		v.Site.Auth.Policy, v.Site.Auth.Limit = auth.PolicyDeny, 3
		v.Site.Deploy()
		household(v, "full@example.com", "Ada Lovelace", agents[:3]...)
		v.Submit("/signin", "email", "full@example.com", "password", webtest.Password)
		v.ComesTo("/signin", "limit of 3 devices")
	}},
}

// mailSights are the pages that have a mail sent, and those that links in mails lead to.
var mailSights = []webtest.Sight{
	{Page: "/forgot", Name: "forgot", Show: func(v *webtest.Viewer) { v.Visit("/forgot", "Forgot your password?") }},
	{Page: "/forgot", Name: "forgot, no address", Show: func(v *webtest.Viewer) {
		v.Submit("/forgot", "email", "ada@")
		v.ComesTo("/forgot", "name@example.com")
	}},
	{Page: "/forgot/sent", Name: "forgot, sent", Show: func(v *webtest.Viewer) {
		v.Site.SignUp("ada@example.com")
		v.Submit("/forgot", "email", "ada@example.com")
		v.ComesTo("/forgot/sent", "Check your mail")
	}},
	{Page: "/reset", Name: "reset", Show: func(v *webtest.Viewer) {
		v.Open(v.Site.Letter("ada@example.com", "Choose a new password").Path(v.Site))
		v.ComesTo("/reset", "For ada@example.com")
	}},
	{Page: "/reset", Name: "reset, weak password", Show: func(v *webtest.Viewer) {
		v.Submit("/reset", "password", "passwordpassword")
		v.ComesTo("/reset", "common words")
	}},
	{Page: "/reset", Name: "link is dead", Show: func(v *webtest.Viewer) {
		v.Open("/reset?token=unknown")
		v.ComesTo("/reset", "This link can't be used")
	}},
	{Page: "/verify", Name: "verify", Show: func(v *webtest.Viewer) {
		v.As(v.Site.SignUp("bob@example.com"))
		v.Open(v.Site.Letter("bob@example.com", "Confirm your email address").Path(v.Site))
		v.ComesTo("/verify", "Confirm email address")
	}},
	{Page: "/account", Name: "account, unconfirmed", Show: func(v *webtest.Viewer) { v.Visit("/account", "isn't confirmed yet") }},
	{Page: "/verify", Name: "verify, another browser, somebody else", Show: func(v *webtest.Viewer) {
		v.Open(v.Site.Letters.To("ada@example.com")[0].Path(v.Site))
		v.ComesTo("/verify", "another browser")
	}},
	{Page: "/verify/sent", Name: "sign up, check your mail", Show: func(v *webtest.Viewer) {
		v.Site.RequireVerified = true
		v.Site.Deploy()
		v.As(nil)
		v.Submit("/signup", "email", longEmail, "password", webtest.Password)
		v.ComesTo("/verify/sent", "Check your mail")
	}},
	{Page: "/signin", Name: "sign in, unconfirmed", Show: func(v *webtest.Viewer) {
		v.Submit("/signin", "email", "ada@example.com", "password", webtest.Password)
		v.ComesTo("/signin", "Confirm your email address")
	}},
	{Page: "/verify/sent", Name: "confirm again", Show: func(v *webtest.Viewer) {
		v.As(nil)
		v.Visit("/verify/sent", "send you the link again")
	}},
}

// userSights are the pages for who is signed in.
var userSights = []webtest.Sight{
	{Page: "/", Name: "home, signed in", Show: func(v *webtest.Viewer) {
		v.As(household(v, "ada@example.com", "Ada Lovelace"))
		v.Visit("/", "Open your dashboard")
	}},
	{Page: "/dashboard", Name: "dashboard", Show: func(v *webtest.Viewer) { v.Visit("/dashboard", "Ada Lovelace") }},
	{Page: "/dashboard", Name: "notice, about to end", Show: noticed(`ending: Date.now() + 120000, final: false`)},
	{Page: "/dashboard", Name: "notice, at the end", Show: noticed(`ending: Date.now() + 120000, final: true`)},
	{Page: "/dashboard", Name: "notice, connection lost", Show: noticed(`lost: true`)},
	{Page: "/account/sessions", Name: "devices, menu open", Show: func(v *webtest.Viewer) {
		v.Visit("/account/sessions", "This device")
		v.Do("open the menu", chromedp.Click(chromedp.CSS(".me")))
	}},
	{Page: "/account/sessions", Name: "devices, dialog open", Show: func(v *webtest.Viewer) {
		v.Visit("/account/sessions", "This device")
		v.Do("open the dialog", chromedp.Click(chromedp.CSS("[popovertarget=end-all]")),
			chromedp.Evaluate[chromedp.Void](`Promise.all(document.getAnimations().map((a) => a.finished)).then(() => undefined)`, chromedp.EvalAwaitPromise))
	}},
	{Page: "/account", Name: "profile", Show: func(v *webtest.Viewer) { v.Visit("/account", "Save profile") }},
	{Page: "/account/appearance", Name: "appearance", Show: func(v *webtest.Viewer) { v.Visit("/account/appearance", "For this browser") }},
	{Page: "/account/sessions", Name: "devices, one", Show: func(v *webtest.Viewer) { v.Visit("/account/sessions", "This device") }},
	{Page: "/signout", Name: "sign out", Show: func(v *webtest.Viewer) { v.Visit("/signout", "signed out on this device") }},
	{Page: "/account/sessions", Name: "devices, many", Show: func(v *webtest.Viewer) {
		v.As(household(v, "many@example.com", "Ada Lovelace", agents...))
		v.Visit("/account/sessions", "This device")
	}},
	{Page: "/account/sessions", Name: "devices, one just signed out", Show: oneSignedOut},
	{Page: "/account/sessions", Name: "devices, long words", Show: func(v *webtest.Viewer) {
		v.As(household(v, longEmail, longName, agents[1]))
		v.Visit("/account/sessions", "This device")
	}},
	{Page: "/dashboard", Name: "dashboard, long words", Show: func(v *webtest.Viewer) { v.Visit("/dashboard", longName) }},
	{Page: "/", Name: "home, long words", Show: func(v *webtest.Viewer) { v.Visit("/", "Open your dashboard") }},
}

// troubleSights are the pages for when something is wrong.
var troubleSights = []webtest.Sight{
	{Name: "not found", Show: func(v *webtest.Viewer) { v.Visit("/no/such/page", "Page not found") }},
	{Name: "refused", Show: func(v *webtest.Viewer) {
		v.Do("open another site's page", chromedp.Navigate("data:text/html,<form method=post action="+url.PathEscape(v.URL+"/signout")+"><button>"))
		v.Do("send its form", chromedp.Evaluate[chromedp.Void](`document.forms[0].submit()`))
		v.ComesTo("/signout", "Request blocked")
	}},
	{Name: "not found, signed in", Show: func(v *webtest.Viewer) {
		v.As(household(v, "ada@example.com", "Ada Lovelace"))
		v.Visit("/no/such/page", "Page not found")
	}},
	{Name: "signed out here only", Show: func(v *webtest.Viewer) {
		v.Visit("/dashboard", "Ada Lovelace")
		v.Memory.Down(true)
		v.Do("sign out", chromedp.Click(chromedp.CSS(".me")), chromedp.Click(chromedp.CSS("[action='/signout'] button")))
		v.ComesTo("/signout", "in this browser only")
	}},
	{Name: "outage", Show: func(v *webtest.Viewer) {
		v.Memory.Down(false)
		v.As(household(v, "bob@example.com", "Bob"))
		v.Memory.Down(true)
		v.Site.Wait(time.Hour) // long enough for the session to be asked for
		v.Visit("/dashboard", "right back")
	}},
}

// ended is the sign-in page that says why the visitor is signed out.
func ended(reason auth.Reason) func(*webtest.Viewer) {
	return func(v *webtest.Viewer) {
		v.Open("/signin")
		// A cookie that has been read back has been written; see follow in session.js.
		v.Do("be session.js", chromedp.Evaluate[chromedp.Void](`document.cookie = "session-ended=`+string(reason)+`; Path=/signin"; void document.cookie`))
		v.Visit("/signin?reason="+string(reason), "Sign in")
		v.Finds("main .note")
	}
}

// noticed is the dashboard when session.js has come to know something.
func noticed(status string) func(*webtest.Viewer) {
	return func(v *webtest.Viewer) {
		v.Visit("/dashboard", "Ada Lovelace")
		v.Do("have session.js know", chromedp.Evaluate[chromedp.Void](`import("/static/session.js").then((m) => {
			document.addEventListener("session:status", () => Object.assign(m.status, { `+status+` }), true); // whatever the clock says
			document.dispatchEvent(new Event("session:status"));
		})`, chromedp.EvalAwaitPromise))
		v.Finds("#session-notice p")
	}
}

// longName is as long as a name may be.
const longName = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepf" +
	"legeundsorgfaltigkeitbeschutzenvorangreifendurchihrraubgierigfeindewelchevoralternzwolfhunderttausen"

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
func household(v *webtest.Viewer, email, name string, others ...string) *webtest.Browser {
	v.T.Helper()
	const apart = 3*time.Hour + 17*time.Minute
	v.Site.Wait(-apart * time.Duration(len(others))) // pages count from the clock on the wall
	b := v.Site.Browser()
	b.Post("/signup", "name", name, "email", email, "password", webtest.Password).RedirectsTo("/dashboard")
	if len(others) == 0 {
		return b
	}
	b.Post("/account/sessions/end-all")
	for i, agent := range others {
		form := url.Values{"email": {email}, "password": {webtest.Password}}
		r := httptest.NewRequest("POST", v.URL+"/signin", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("User-Agent", agent)
		r.RemoteAddr = []string{"203.0.113.7:1", "[2001:db8:85a3:1234:5678:8a2e:370:7334]:1"}[i%2]
		answer := httptest.NewRecorder()
		if v.Site.Handler().ServeHTTP(answer, r); answer.Code != 303 {
			v.T.Fatalf("POST /signin = %d, want 303: %.300s", answer.Code, answer.Body)
		}
		v.Site.Wait(apart)
	}
	if v.Site.Auth.Policy == auth.PolicyDeny {
		return nil
	}
	b.Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	b.Post("/signin", "email", email, "password", webtest.Password).RedirectsTo("/dashboard")
	return b
}

// oneSignedOut is the list of devices after one of them was signed out.
func oneSignedOut(v *webtest.Viewer) {
	v.As(household(v, "one@example.com", "Ada Lovelace", agents[0]))
	v.Visit("/account/sessions", "This device")
	v.Do("sign one out", chromedp.Evaluate[chromedp.Void](`document.querySelector("form[action*='/end']").submit()`))
	v.ComesTo("/account/sessions", "is signed out")
}
