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
			v.Visit("/lab", "None yet")
		}},
		webtest.Sight{Name: "lab, large token", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "Grow the cookie")
			v.Do("make it large", chromedp.Click(chromedp.CSS("#lab-large")), chromedp.WaitVisible(chromedp.CSS("#lab-small")))
		}},
		webtest.Sight{Name: "lab, practice device", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "None yet")
			v.Do("add it", chromedp.Click(chromedp.CSS("#lab-practice-add")), chromedp.WaitVisible(chromedp.CSS("#lab-wire .lab-good")))
		}},
		webtest.Sight{Name: "lab, practice device signed out", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "Sign it out")
			v.Do("sign it out", chromedp.Click(chromedp.CSS("#lab-practice-end")), chromedp.WaitVisible(chromedp.CSS("#lab-wire .lab-refused")))
		}},
		webtest.Sight{Name: "lab, all open", Show: func(v *webtest.Viewer) {
			v.Visit("/lab", "What's in the cookie")
			v.Do("open all", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => d.open = true)`))
		}},
	)
}
