package signinlink_test

import (
	"testing"

	"latchkey/internal/web/webtest"
)

func TestTheLookOfTheLink(t *testing.T) {
	var letter webtest.Letter
	webtest.Look(t, nil,
		webtest.Sight{Name: "sign in, with a link", Show: func(v *webtest.Viewer) { v.Visit("/signin", "Email me a link") }},
		webtest.Sight{Name: "link, form", Show: func(v *webtest.Viewer) { v.Visit("/signin/link", "Sign in by email") }},
		webtest.Sight{Name: "link, sent", Show: func(v *webtest.Viewer) {
			v.Site.SignUp("ada@example.com")
			v.Submit("/signin/link", "email", "ada@example.com")
			v.ComesTo("/signin/link/sent", "Check your mail")
			letter = v.Site.Letter("ada@example.com", "Your link to sign in")
		}},
		webtest.Sight{Name: "link, open", Show: func(v *webtest.Viewer) {
			v.Open(letter.Path(v.Site))
			v.ComesTo("/signin/link/open", "As ada@example.com")
		}},
		webtest.Sight{Name: "link, open elsewhere", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("bob@example.com"))
			v.Open(letter.Path(v.Site))
			v.ComesTo("/signin/link/open", "asked for in another browser")
		}},
		webtest.Sight{Name: "link, dead", Show: func(v *webtest.Viewer) {
			v.Open("/signin/link/open?token=unknown")
			v.ComesTo("/signin/link/open", "This link can't be used")
		}},
	)
}
