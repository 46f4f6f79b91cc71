package signinlink_test

import (
	"testing"

	"latchkey/internal/web/signinlink"
	"latchkey/internal/web/webtest"
)

func TestTheLookOfTheLink(t *testing.T) {
	var letter webtest.Letter
	webtest.LookAt(t, signinlink.Part, nil,
		webtest.Sight{Page: "/signin", Name: "sign in, with a link", Show: func(v *webtest.Viewer) { v.Visit("/signin", "Email me a link") }},
		webtest.Sight{Page: "/signin/link", Name: "link, form", Show: func(v *webtest.Viewer) { v.Visit("/signin/link", "Sign in by email") }},
		webtest.Sight{Page: "/signin/link/sent", Name: "link, sent", Show: func(v *webtest.Viewer) {
			v.Site.SignUp("ada@example.com")
			v.Submit("/signin/link", "email", "ada@example.com")
			v.ComesTo("/signin/link/sent", "Check your mail")
			letter = v.Site.Letter("ada@example.com", "Your link to sign in")
		}},
		webtest.Sight{Page: "/signin/link/open", Name: "link, open", Show: func(v *webtest.Viewer) {
			v.Open(letter.Path(v.Site))
			v.ComesTo("/signin/link/open", "As ada@example.com")
		}},
		webtest.Sight{Page: "/signin/link/open", Name: "link, open elsewhere", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("bob@example.com"))
			v.Open(letter.Path(v.Site))
			v.ComesTo("/signin/link/open", "asked for in another browser")
		}},
		webtest.Sight{Page: "/signin/link/open", Name: "link, dead", Show: func(v *webtest.Viewer) {
			v.Open("/signin/link/open?token=unknown")
			v.ComesTo("/signin/link/open", "This link can't be used")
		}},
	)
}
