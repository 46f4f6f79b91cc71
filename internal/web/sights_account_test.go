package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

func TestTheLookOfAccountPages(t *testing.T) { t.Parallel(); webtest.Look(t, nil, accountSights...) }

// accountSights are the pages on which users decide over their account.
var accountSights = []webtest.Sight{
	{Page: "/account", Name: "profile, all errors", Show: func(v *webtest.Viewer) {
		v.As(household(v, "ada@example.com", "Ada Lovelace"))
		v.Submit("/account", "name", strings.Repeat("long ", 50))
		v.ComesTo("/account", "at most 200 characters")
	}},
	{Page: "/account/password", Name: "password", Show: func(v *webtest.Viewer) { v.Visit("/account/password", "Current password") }},
	{Page: "/account/password", Name: "password, all errors", Show: func(v *webtest.Viewer) {
		v.Submit("/account/password", "current", "not the password", "password", "too short")
		v.ComesTo("/account/password", "too short")
	}},
	{Page: "/account/email", Name: "email", Show: func(v *webtest.Viewer) { v.Visit("/account/email", "New email") }},
	{Page: "/account/email", Name: "email, all errors", Show: func(v *webtest.Viewer) {
		v.Submit("/account/email", "email", "ada@", "password", "not the password")
		v.ComesTo("/account/email", "Enter an email address")
	}},
	{Page: "/verify", Name: "verify, new address elsewhere", Show: func(v *webtest.Viewer) {
		ada := v.Site.SignUp("moving@example.com")
		ada.Post("/account/email", "email", "moved@example.org", "password", webtest.Password).Shows(303)
		v.Open(v.Site.Letter("moved@example.org", "Confirm your new email address").Path(v.Site))
		v.ComesTo("/verify", "another browser")
	}},
	{Page: "/signin/notice", Name: "sign-in, not mine", Show: func(v *webtest.Viewer) {
		v.Site.SignUp("noticed@example.com")
		v.Site.SignIn("noticed@example.com")
		v.Open(v.Site.Letter("noticed@example.com", newFirefox).Path(v.Site))
		v.ComesTo("/signin/notice", "not yours")
	}},
	{Page: "/account/sessions", Name: "devices, failures", Show: func(v *webtest.Viewer) {
		for range 3 {
			v.Site.Browser().Post("/signin", "email", "ada@example.com", "password", "not the right one")
		}
		v.Site.Users.Settle(v.T.Context())
		v.Visit("/account/sessions", "Wrong passwords")
	}},
	{Page: "/account/email/undo", Name: "email, undo", Show: func(v *webtest.Viewer) {
		ada := v.Site.SignUp("undo@example.com")
		ada.Post("/account/email", "email", "undo@example.org", "password", webtest.Password).Shows(303)
		link := v.Site.Letter("undo@example.org", "Confirm your new email address").Path(v.Site)
		ada.Get(link)
		ada.Post("/verify").Shows(303)
		v.Open(v.Site.Letter("undo@example.com", "Your email address was changed").Path(v.Site))
		v.ComesTo("/account/email/undo", "Keep your old email?")
	}},
	{Page: "/account/email/undo", Name: "email, undone", Show: func(v *webtest.Viewer) {
		v.Do("undo it", chromedp.Click(chromedp.CSS("main form button")))
		v.ComesTo("/account/email/undo", "Your email is back")
	}},
	{Page: "/account/delete", Name: "delete account", Show: func(v *webtest.Viewer) { v.Visit("/account/delete", "can't be undone") }},
	{Page: "/account/delete", Name: "delete account, wrong password", Show: func(v *webtest.Viewer) {
		v.Submit("/account/delete", "password", "not the password")
		v.ComesTo("/account/delete", "your password")
	}},
	{Page: "/reauth", Name: "reauth", Show: func(v *webtest.Viewer) { v.Visit("/reauth", "Enter your password") }},
	{Page: "/reauth", Name: "reauth, wrong password", Show: func(v *webtest.Viewer) {
		v.Submit("/reauth", "password", "not the password")
		v.ComesTo("/reauth", "That's not your password")
	}},
}
