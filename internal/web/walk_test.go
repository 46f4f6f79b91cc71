package web_test

import (
	"strings"
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

// follow opens the link in the last mail.
func (w walker) follow(email, subject, shows string) {
	w.T.Helper()
	letter := w.site.Letter(email, subject)
	w.Open(letter.Path(w.site))
	path, _, _ := strings.Cut(letter.Path(w.site), "?")
	w.ComesTo(path, shows)
}

// From the first visit to the last, in a real browser, with scripts and without.
func TestAnAccountFromSignUpToItsEnd(t *testing.T) {
	for _, way := range []struct {
		name, strategy string
		withoutScripts bool
	}{{"with JavaScript", "jwt", false}, {"without JavaScript", "database", true}} {
		t.Run(way.name, func(t *testing.T) {
			s := webtest.New(t, webtest.OpenSQLite(t), way.strategy)
			s.RequireVerified = true
			s.Deploy()
			w := walker{s.OpenTab(), s}
			w.Do("scripts", webtest.Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: way.withoutScripts}))
			w.walk()
			w.Clean()
		})
	}
}

func (w walker) walk() {
	const ada, moved = "ada@example.com", "ada@example.org"
	const second, third = "quartz-lantern-meadow-28", "umbrella-glacier-trumpet-61"
	w.fill("/signup", "email", ada, "password", webtest.Password)
	w.ComesTo("/verify/sent", "Check your mail")
	w.follow(ada, "Confirm your email address", "Confirm your email address")
	w.press()
	w.ComesTo("/signin", "is confirmed")

	w.fill("/forgot", "email", ada)
	w.ComesTo("/forgot/sent", "Check your mail")
	w.follow(ada, "Choose a new password", "Choose a new password")
	w.typeInto("password", second)
	w.ComesTo("/signin", "Sign in")
	w.typeInto("email", ada, "password", second)
	w.ComesTo("/dashboard", "Welcome")

	w.fill("/account/password", "current", second, "password", third)
	w.ComesTo("/account/sessions", "Your password is changed")
	w.fill("/account/email", "email", moved, "password", third)
	w.ComesTo("/account", "Check your mail")
	w.follow(moved, confirmNew, moved)
	w.press()
	w.ComesTo("/account", moved)
	w.fill("/account/delete", "password", third)
	w.ComesTo("/", "deleted")
	w.site.Browser().Post("/signin", "email", moved, "password", third).Shows(422) // it is gone
}
