package lab_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

func TestTheLookOfTheLab(t *testing.T) {
	webtest.Look(t, func(s *webtest.Site) { s.SwitchOn("LAB") },
		webtest.Sight{Name: "lab", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("ada@example.com"))
			v.Visit("/lab", "round trips")
		}},
		webtest.Sight{Name: "lab, large token", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "Make the token large")
			v.Do("make it large", chromedp.Click(chromedp.CSS("#lab-large")))
			v.ComesTo("/lab", "Your roles fill")
		}},
	)
}
