package lab_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/lab"
	"latchkey/internal/web/webtest"
)

func TestTheLookOfTheLab(t *testing.T) {
	webtest.LookAt(t, lab.Part, nil,
		webtest.Sight{Page: "/lab", Name: "lab", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("ada@example.com"))
			v.Visit("/lab", "round trips")
		}},
		webtest.Sight{Page: "/lab", Name: "lab, large token", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "Make the token large")
			v.Do("make it large", chromedp.Click(chromedp.CSS("#lab-large")))
			v.ComesTo("/lab", "Your roles fill")
		}},
	)
}
