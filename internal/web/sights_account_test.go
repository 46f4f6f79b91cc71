package web_test

import (
	"strings"
	"testing"

	"latchkey/internal/web/webtest"
)

func TestTheLookOfAccountPages(t *testing.T) { webtest.Look(t, nil, accountSights...) }

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
