package web_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

// follow opens the link of a letter: the token leaves the address at once.
func follow(b *webtest.Browser, l webtest.Letter, page string) *webtest.Answer {
	b.T.Helper()
	moved := b.Get(l.Path(b.Site))
	quiet(moved)
	shown := moved.RedirectsTo(page)
	quiet(shown)
	return shown
}

// quiet checks that an answer goes into no cache and no Referer (RS-4).
func quiet(a *webtest.Answer) {
	a.Browser.T.Helper()
	if got := a.Header.Get("Referrer-Policy"); got != "no-referrer" {
		a.Browser.T.Errorf("%s has Referrer-Policy %q, want no-referrer", a.Request, got)
	}
	if got := a.Header.Get("Cache-Control"); got != "private, no-store" {
		a.Browser.T.Errorf("%s has Cache-Control %q, want private, no-store", a.Request, got)
	}
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// required is a site on which an address has to be confirmed before its user signs in.
func required(w *webtest.Site) {
	w.RequireVerified = true
	w.Deploy()
}

func TestSignUpWithVerification(t *testing.T) { // LG-3
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		required(w)
		ada, b := webtest.Email(t), w.Browser()
		b.Post("/signup", "name", "Ada", "email", ada, "password", webtest.Password).RedirectsTo("/verify/sent").Shows(200, "Check your mail", ada)
		b.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard")

		waiting := b.Post("/signin", "email", ada, "password", webtest.Password).Shows(403, "Confirm your email address", ada)
		if b.Session() != "" || waiting.Header.Get("Location") != "" {
			t.Error("a user is signed in whose address is not confirmed")
		}
		w.Browser().Post("/signin", "email", ada, "password", "not the right one, this").Shows(422, "Wrong email or password.")

		letter := w.Letter(ada, "Confirm your email address")
		for range 3 { // programs open links
			w.Browser().Get(letter.Path(w)).RedirectsTo("/verify").Shows(200)
		}
		page := follow(b, letter, "/verify").Shows(200, ada, "Confirm email address").Lacks(`name="password"`)
		token := tokenField.FindStringSubmatch(page.Text)
		if token == nil || token[1] != letter.Token(w) {
			t.Fatal("the form has not the token of the link")
		}
		b.Post("/verify", "token", token[1]).RedirectsTo("/signin").Shows(200, "is confirmed")
		b.Post("/verify", "token", token[1]).Shows(410, "This link can&#39;t be used", "/verify/sent")
		b.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard").Shows(200, "Ada")
		b.Get("/account").Shows(200, "Verified")
	})
}

// LG-3: the page does not tell a taken address from a new one, and each
// has one mail.
func TestASignUpDoesNotTellATakenAddress(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("verified@example.com")
	follow(w.Browser(), w.Letter("verified@example.com", "Confirm your email address"), "/verify")
	known := w.SignIn("verified@example.com")
	known.Post("/verify", "token", w.Letter("verified@example.com", "Confirm your email address").Token(w)).RedirectsTo("/account")
	required(w)
	w.Browser().Post("/signup", "email", "waiting@example.com", "password", webtest.Password).RedirectsTo("/verify/sent")

	answer := func(email, subject string) (head, page string) {
		t.Helper()
		b, mails, began := w.Browser(), waitingMails(w, email), time.Now()
		got := b.Post("/signup", "name", "Eve", "email", email, "password", "eleven slow trains at dawn").Shows(303)
		if took := time.Since(began); took < 250*time.Millisecond {
			t.Errorf("signing up with %s took %v, want the time that any address takes", email, took)
		}
		if n := waitingMails(w, email) - mails; n != 1 {
			t.Errorf("%d mails wait for %s, want 1", n, email)
		}
		w.Letter(email, subject)
		for _, name := range slices.Sorted(maps.Keys(got.Header)) {
			if name != "X-Request-Id" && name != "Date" && name != "Content-Security-Policy" && name != "Set-Cookie" {
				head += name + ": " + got.Header.Get(name) + "\n"
			}
		}
		for _, c := range got.Cookies() {
			head += c.Name + " " + c.Path
			if c.Value == "" || len(got.Cookies()) != 1 {
				t.Errorf("a sign-up sets the cookies %v, want one", got.Cookies())
			}
		}
		return head, mask(b.Get("/verify/sent").Text, email)
	}
	head, page := answer("brandnew@example.com", "Confirm your email address")
	for email, subject := range map[string]string{"verified@example.com": "You already have an account", "waiting@example.com": "Finish signing up"} {
		otherHead, otherPage := answer(email, subject)
		if otherHead != head || otherPage != page {
			t.Errorf("the answer for %s differs from that for a new address:\n%s\n%s", email, otherHead, head)
		}
	}
	w.Browser().Post("/signin", "email", "waiting@example.com", "password", "eleven slow trains at dawn").Shows(422) // the later one's
	w.Browser().Post("/signin", "email", "verified@example.com", "password", webtest.Password).Shows(303)
}

// waitingMails is how many mails to an address are in the outbox of a site on memory.
func waitingMails(w *webtest.Site, email string) (n int) {
	w.Letters.To(email) // waits until all is said
	for _, m := range w.Database.(*webtest.Memory).Mail {
		if m.To == email {
			n++
		}
	}
	return n
}

// LG-5: somebody signs up with another one's address and waits for them to click the link.
func TestAPlantedAccountIsUseless(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		for _, require := range []bool{false, true} {
			w.RequireVerified = require
			w.Deploy()
			prefix := map[bool]string{true: "a", false: "b"}[require]
			t.Run("by its link", func(t *testing.T) {
				victim := prefix + "link" + webtest.Email(t)
				planter, owner := w.Browser(), w.Browser()
				planter.Post("/signup", "email", victim, "password", webtest.Password).Shows(303)
				letter := w.Letter(victim, "Confirm your email address")
				follow(owner, letter, "/verify").Shows(200, `name="password"`, "another browser")
				owner.Post("/verify", "token", letter.Token(w)).Shows(422, "Enter the password")
				owner.Post("/verify", "token", letter.Token(w), "password", "a guess of the owner's").Shows(422, "not the password")

				// The owner signs up as well, or tries to.
				owner.Post("/signup", "email", victim, "password", "eleven slow trains at dawn")
				owner.Post("/verify", "token", letter.Token(w), "password", "eleven slow trains at dawn").Shows(422)
				owner.Post("/verify/send", "email", victim).Shows(303)
				follow(owner, w.Letter(victim, "Confirm your email address"), "/verify").Shows(200, `name="password"`)
			})
			t.Run("by a reset", func(t *testing.T) {
				victim := prefix + "reset" + webtest.Email(t)
				planter, owner := w.Browser(), w.Browser()
				planter.Post("/signup", "email", victim, "password", webtest.Password).Shows(303)
				planted := w.Letter(victim, "Confirm your email address")
				owner.Post("/forgot", "email", victim).RedirectsTo("/forgot/sent")
				follow(owner, w.Letter(victim, "Choose a new password"), "/reset")
				owner.Post("/reset", "password", "eleven slow trains at dawn").RedirectsTo("/signin")
				planter.Get("/dashboard").Shows(303)
				w.Browser().Post("/signin", "email", victim, "password", webtest.Password).Shows(422)
				planter.Post("/verify", "token", planted.Token(w)).Shows(410)
				owner.Post("/signin", "email", victim, "password", "eleven slow trains at dawn").RedirectsTo("/dashboard").Shows(200)
			})
			if !require { // the form says that the address has an account
				continue
			}
			t.Run("by signing up again", func(t *testing.T) {
				victim := prefix + "again" + webtest.Email(t)
				planter, owner := w.Browser(), w.Browser()
				planter.Post("/signup", "email", victim, "password", webtest.Password).Shows(303)
				owner.Post("/signup", "email", victim, "password", "eleven slow trains at dawn").Shows(303)
				follow(owner, w.Letter(victim, "Finish signing up"), "/reset")
				owner.Post("/reset", "password", "twelve late ships at dusk").RedirectsTo("/signin")
				w.Browser().Post("/signin", "email", victim, "password", webtest.Password).Shows(422)
				owner.Post("/signin", "email", victim, "password", "twelve late ships at dusk").RedirectsTo("/dashboard")
			})
		}
	})
}

func TestTheRightPasswordVerifiesInAnotherBrowser(t *testing.T) {
	w := webtest.OnMemory(t)
	required(w)
	w.Browser().Post("/signup", "email", "ada@example.com", "password", webtest.Password).Shows(303)
	phone := w.Browser()
	follow(phone, w.Letter("ada@example.com", "Confirm your email address"), "/verify").Shows(200, `name="password"`)
	phone.Post("/verify", "password", webtest.Password).RedirectsTo("/signin").Shows(200, "is confirmed")
	phone.Post("/signin", "email", "ada@example.com", "password", webtest.Password).RedirectsTo("/dashboard")
}

func TestVerificationIsOfferedInTheAccount(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		b.Get("/account").Shows(200, "confirmed yet", `action="/account/verify"`)
		first := w.Letter(ada, "Confirm your email address")
		b.Post("/account/verify").RedirectsTo("/account").Shows(200, "on its way")
		b.Post("/verify", "token", first.Token(w)).Shows(410) // a newer one has taken its place
		follow(b, w.Letter(ada, "Confirm your email address"), "/verify").Shows(200).Lacks(`name="password"`)
		b.Post("/verify").RedirectsTo("/account").Shows(200, "is confirmed", "Verified")
		mails := len(w.Letters.To(ada))
		b.Post("/account/verify").RedirectsTo("/account").Lacks("confirmed yet")
		w.Browser().Post("/verify/send", "email", ada).RedirectsTo("/verify/sent")
		w.Browser().Post("/verify/send", "email", "nobody"+ada).RedirectsTo("/verify/sent")
		if got := len(w.Letters.To(ada)); got != mails {
			t.Errorf("%d mails went to a confirmed address, want none", got-mails)
		}
		w.Browser().Post("/verify/send", "email", "nope").Shows(422, "name@example.com")
	})
}

func TestSomebodyElseIsSignedIn(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	bob := w.SignUp("bob@example.com")
	follow(bob, w.Letter("ada@example.com", "Confirm your email address"), "/verify").Shows(200, "signed in here as", "bob@example.com", `name="password"`)
	bob.Post("/verify", "password", webtest.Password).RedirectsTo("/account").Shows(200, "ada@example.com is confirmed")
	bob.Post("/forgot", "email", "ada@example.com").Shows(303)
	follow(bob, w.Letter("ada@example.com", "Choose a new password"), "/reset").Shows(200, "signed in here as", "bob@example.com")
	bob.Post("/reset", "password", "eleven slow trains at dawn").RedirectsTo("/signin").RedirectsTo("/dashboard").Shows(200, "Your password is changed")
	bob.Get("/account").Shows(200, "bob@example.com")
}
