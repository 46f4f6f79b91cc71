package signinlink_test

import (
	"regexp"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

var proofField = regexp.MustCompile(`name="proof" value="([^"]+)"`)

// ask has a browser ask for a link, and is the letter.
func ask(b *webtest.Browser, email string, more ...string) webtest.Letter {
	b.T.Helper()
	b.Post("/signin/link", append([]string{"email", email}, more...)...).RedirectsTo("/signin/link/sent").Shows(200, "If that address has an account")
	return b.Site.Letter(email, "Your link to sign in")
}

func TestSigningInByALink(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.SignUp(ada)
		b := w.Browser()
		b.Get("/signin?callbackUrl=%2Faccount%2Fsessions").Shows(200, "Email me a link", "/signin/link?callbackUrl=%2Faccount%2Fsessions")
		b.Get("/signin/link").Shows(200, `name="email"`)
		letter := ask(b, ada, "callbackUrl", "/account/sessions")
		for range 3 { // programs open links
			w.Browser().Get(letter.Path(w)).RedirectsTo("/signin/link/open").Shows(200, "another browser", "Sign in here anyway")
		}
		b.Get(letter.Path(w)).RedirectsTo("/signin/link/open").Shows(200, ada, "Sign in").Lacks("another browser")
		if b.Session() != "" {
			t.Fatal("opening the link signs in, want it to wait for the button")
		}
		b.Post("/signin/link/open").RedirectsTo("/account/sessions").Shows(200, "This device")
		w.Browser().Post("/signin/link/open", "token", letter.Token(w)).Shows(410, "This link can&#39;t be used")
	})
}

func TestALinkOfAnotherBrowserSignsInByChoice(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	letter := ask(w.Browser(), "ada@example.com", "callbackUrl", "/account/sessions")
	phone := w.Browser()
	phone.Get(letter.Path(w)).RedirectsTo("/signin/link/open").Shows(200, "asked for in another browser", "Don&#39;t sign in")
	phone.Post("/signin/link/open", "token", letter.Token(w)).RedirectsTo("/dashboard").Shows(200)
}

func TestALinkReplacesWhoIsSignedIn(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	bob := w.SignUp("bob@example.com")
	stolen := bob.Copy()
	letter := ask(w.Browser(), "ada@example.com")
	bob.Get(letter.Path(w)).RedirectsTo("/signin/link/open").Shows(200, "bob@example.com", "That session ends")
	bob.Post("/signin/link/open").RedirectsTo("/dashboard").Shows(200, "ada@example.com")
	stolen.Get("/dashboard").Shows(303)
	bob.Get("/signin/link").RedirectsTo("/dashboard")
}

func TestALinkEndsInTime(t *testing.T) { // RS-3
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.Browser()
	letter := ask(b, "ada@example.com")
	w.Wait(accounts.LinkLife)
	b.Get(letter.Path(w)).RedirectsTo("/signin/link/open").Shows(410, "Get a new link", `href="/signin/link"`)
	b.Post("/signin/link/open", "token", letter.Token(w)).Shows(410)
	letter = ask(b, "ada@example.com")
	w.Wait(accounts.LinkLife - 5*time.Second)
	b.Post("/signin/link/open", "token", letter.Token(w)).Shows(303)
}

func TestADisabledUserGetsNoLinkAndUsesNone(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.Browser()
	letter := ask(b, "ada@example.com")
	if err := w.Users.Disable(t.Context(), "ada@example.com"); err != nil {
		t.Fatal(err)
	}
	b.Post("/signin/link/open", "token", letter.Token(w)).Shows(410)
	mails := len(w.Letters.To("ada@example.com"))
	b.Post("/signin/link", "email", "ada@example.com").Shows(303)
	if len(w.Letters.To("ada@example.com")) != mails {
		t.Error("a disabled user gets a link")
	}
}

// CL-1: the limit on devices holds for this way in as well.
func TestALinkAsksAtTheLimit(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		w.Auth.Limit, w.Auth.Policy = 1, auth.PolicyDeny
		w.Deploy()
		ada := webtest.Email(t)
		first := w.SignUp(ada)
		first.Post("/verify", "token", w.Letter(ada, "Confirm your email address").Token(w)).RedirectsTo("/account") // a planted session would end
		b := w.Browser()
		letter := ask(b, ada)
		full := b.Post("/signin/link/open", "token", letter.Token(w)).Shows(409, "limit of 1 device")
		if b.Session() != "" {
			t.Fatal("a link signs in over the limit")
		}
		proof := proofField.FindStringSubmatch(full.Text)
		if proof == nil {
			t.Fatal("the page at the limit has no way on")
		}
		b.Post("/signin/continue", "proof", proof[1], "device", "").RedirectsTo("/dashboard").Shows(200)
		first.Get("/dashboard").Shows(303)
	})
}

// LG-5: whoever proves the mailbox by a link has the account to themselves.
func TestALinkEndsAPlantedPassword(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		planter, owner := w.SignUp(ada), w.Browser()
		letter := ask(owner, ada)
		owner.Post("/signin/link/open", "token", letter.Token(w)).RedirectsTo("/dashboard").Shows(200, "password from before")
		w.Letter(ada, "The first password of your account was removed")
		planter.Get("/account/sessions").Shows(303)
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		owner.Get("/account").Shows(200, "Verified")

		// A second link is one like any other; a reset gives a password.
		owner.Post("/forgot", "email", ada).Shows(303)
		w.Browser().Post("/reset", "token", w.Letter(ada, "Choose a new password").Token(w), "password", "eleven slow trains at dawn").Shows(303)
		w.Browser().Post("/signin", "email", ada, "password", "eleven slow trains at dawn").Shows(303)
	})
}

func TestALinkInTheBrowserOfTheSignUpKeepsThePassword(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	b.Post("/signout").Shows(303)
	letter := ask(b, "ada@example.com")
	b.Post("/signin/link/open", "token", letter.Token(w)).RedirectsTo("/dashboard").Lacks("password from before")
	b.Get("/account").Shows(200, "Verified")
	w.Browser().Post("/signin", "email", "ada@example.com", "password", webtest.Password).Shows(303)
}

func TestThePartCanBeTurnedOff(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Web.Switches = map[string]bool{"SIGNIN_EMAIL_LINK": false}
	w.Deploy()
	b := w.Browser()
	b.Get("/signin").Shows(200).Lacks("/signin/link")
	b.Get("/signin/link").Shows(404)
	b.Get("/signin/link/open?token=x").Shows(404)
	b.Post("/signin/link", "email", "ada@example.com").Shows(404)
}
