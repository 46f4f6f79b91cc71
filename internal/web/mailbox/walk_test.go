package mailbox_test

import (
	"path"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

// walker is a user in a real browser who does as the pages say.
type walker struct {
	webtest.Tab
	site *webtest.Site
}

// fill opens a page, types into its fields, given as id, text, id, text, …, and presses the
// button of its form.
func (w walker) fill(path string, pairs ...string) {
	w.T.Helper()
	w.Open(path)
	w.typeInto(pairs...)
}

func (w walker) typeInto(pairs ...string) {
	w.T.Helper()
	for i := 0; i < len(pairs); i += 2 {
		w.Do("fill in "+pairs[i], chromedp.SetValue(chromedp.CSS("#"+pairs[i]), pairs[i+1]))
	}
	w.press()
}

func (w walker) press() {
	w.T.Helper()
	w.Do("press the button", chromedp.Click(chromedp.CSS("main form [type=submit]")))
}

// read opens the last mail to an address in development's mailbox, from where the tab is, and
// clicks the link in it.
func (w walker) read(email, subject, page, shows string) {
	w.T.Helper()
	w.site.Letters.To(email) // waits: the answer may come before the mail
	w.click(`a[href="/dev/mailbox"]`)
	w.ComesTo("/dev/mailbox", subject)
	w.click(".mails li:first-child a")
	w.ComesTo(w.mail(email), subject)
	w.click(".mail-text a")
	w.ComesTo(page, shows)
}

// mail is the page of the last mail, which must be to an address.
func (w walker) mail(email string) string {
	w.T.Helper()
	all, err := w.site.Mail.List(w.T.Context(), "", 1, 0)
	if err != nil || len(all) != 1 || all[0].To != email {
		w.T.Fatalf("the last mail is %v, %v, want one to %s", all, err, email)
	}
	return "/dev/mailbox/" + all[0].ID
}

func (w walker) click(selector string) {
	w.T.Helper()
	w.Do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// ways are how an account is walked through on each database.
var ways = map[string]struct {
	strategy       string
	withoutScripts bool
}{"postgres": {"jwt", false}, "sqlite": {"database", true}}

// From the first visit to the last, in a real browser, with scripts and without, with nothing
// but what the pages and the mails say.
func TestAnAccountFromSignUpToItsEnd(t *testing.T) {
	t.Parallel()
	webtest.OnDatabases(t, func(t *testing.T, open func(t *testing.T) webtest.Database) {
		way := ways[path.Base(t.Name())]
		s := webtest.New(t, open(t), way.strategy)
		s.RequireVerified, s.Web.Development = true, true
		s.Deploy()
		w := walker{s.OpenTab(), s}
		w.Do("scripts", webtest.Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: way.withoutScripts}))
		w.walk()
		w.Clean()
	})
}

func (w walker) walk() {
	const ada, moved = "ada@example.com", "ada@example.org"
	const second, third = "quartz-lantern-meadow-28", "umbrella-glacier-trumpet-61"
	w.fill("/signup", "email", ada, "password", webtest.Password)
	w.ComesTo("/verify/sent", "Check your mail")
	w.read(ada, "Confirm your email address", "/verify", "Confirm your email address")
	w.press()
	w.ComesTo("/signin", "is confirmed")

	w.fill("/forgot", "email", ada)
	w.ComesTo("/forgot/sent", "Check your mail")
	w.read(ada, "Choose a new password", "/reset", "Choose a new password")
	w.typeInto("password", second)
	w.ComesTo("/signin", "Sign in")
	w.typeInto("email", ada, "password", second)
	w.ComesTo("/dashboard", "Welcome")

	w.fill("/account/password", "current", second, "password", third)
	w.ComesTo("/account/sessions", "Your password is changed")
	w.fill("/account/email", "email", moved, "password", third)
	w.ComesTo("/account", "Check your mail")
	w.Open("/forgot/sent") // has a way to the mailbox
	w.read(moved, "Confirm your new email address", "/verify", moved)
	w.press()
	w.ComesTo("/account", moved)
	w.fill("/account/delete", "password", third)
	w.ComesTo("/", "deleted")
	w.site.Browser().Post("/signin", "email", moved, "password", third).Shows(422) // it is gone
}
