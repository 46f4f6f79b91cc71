package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/testenv"
	"latchkey/internal/views"
)

// A sight is a page in one of its states.
type sight struct {
	name string
	show func(v *viewer) // brings the tab there
}

// A viewer looks at the site through one tab of a real browser.
type viewer struct {
	tab
	world   *world
	db      *fragile
	scripts string // axe-core and our own checks
}

// Every page in every state that a person can meet: for guests, for users, and
// when something is wrong. Each is looked at on a phone and on a desk, by day
// and by night. With SCREENSHOTS=DIR in the environment, pictures of them all
// are left in that folder.
func TestTheLookOfPagesForGuests(t *testing.T) { look(t, guestSights) }
func TestTheLookOfPagesForUsers(t *testing.T)  { look(t, userSights) }
func TestTheLookOfTrouble(t *testing.T)        { look(t, troubleSights) }

func look(t *testing.T, sights []sight) {
	scripts := ownChecks + axe(t)
	db := &fragile{memory: memory{accountstest.NewStore()}}
	w := newWorld(t, db, "jwt")
	w.cfg.MaxAge, w.cfg.AbsoluteMaxAge, w.cfg.Limit = 30*24*time.Hour, 90*24*time.Hour, 12
	w.demo = &views.Demo{Email: "demo@example.com", Password: "correct horse battery staple"}
	w.lab = true
	w.deploy()
	v := &viewer{tab{testenv.Browser(t, chromedp.IgnoreCertErrors), t, w.front.URL}, w, db, scripts}
	for _, s := range sights {
		t.Run(s.name, func(t *testing.T) {
			v.t = t
			s.show(v)
			v.examine(t, s.name)
		})
	}
	for _, problem := range v.Problems() {
		if !strings.HasPrefix(problem, "network: ") { // pages in trouble are no successes
			t.Errorf("the browser complains: %s", problem)
		}
	}
}

// examine looks at what the tab shows from all sides.
func (v *viewer) examine(t *testing.T, name string) {
	v.do("load the checks", chromedp.Evaluate[chromedp.Void](v.scripts+"\nundefined"))
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			how := fmt.Sprintf("%d px, %s", width, scheme)
			v.window(width, scheme)
			v.picture(t, fmt.Sprintf("%s-%d-%s", name, width, scheme))
			v.accessible(t, how)
		}
		how := fmt.Sprintf("%d px", width)
		v.none(t, how, "sideways()", "cut()", "small()", "moving()")
		v.walk(t, how)
	}
	// 320 px is a desk at 400 % (WCAG 1.4.10), 640 px one at 200 % (1.4.4).
	for _, width := range []int64{640, 320} {
		how := fmt.Sprintf("%d px", width)
		v.window(width, "light")
		v.none(t, how, "sideways()", "cut()", "small()")
		v.do("space out", chromedp.Evaluate[chromedp.Void]("spaceOut()"))
		v.none(t, how+", text spaced out", "sideways()", "cut()")
		v.do("space back", chromedp.Evaluate[chromedp.Void]("spaceBack()"))
	}
}
