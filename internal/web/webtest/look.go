package webtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Sight is a page in one of its states.
type Sight struct {
	Name string
	Show func(v *Viewer) // brings the tab there
}

// Viewer looks at a site through one tab of a real browser.
type Viewer struct {
	Tab
	Site    *Site
	Memory  *Memory // the site's database
	scripts string  // axe-core and our own checks
}

// Look brings a tab of a real browser to each sight and examines what it shows:
// on a phone and on a desk, by day and by night, by keyboard, enlarged, and with
// axe-core. prepare may change the site first; nil = as it is. With
// SCREENSHOTS=DIR in the environment, pictures of the sights are left in that
// folder. The test is skipped where there is no browser or no axe-core.
func Look(t *testing.T, prepare func(s *Site), sights ...Sight) {
	scripts := axe(t)
	db := NewMemory()
	s := New(t, db, "jwt")
	s.Auth.MaxAge, s.Auth.AbsoluteMaxAge, s.Auth.Limit = 30*24*time.Hour, 90*24*time.Hour, 12
	if prepare != nil {
		prepare(s)
	}
	s.Deploy()
	v := &Viewer{s.OpenTab(), s, db, scripts}
	for _, sight := range sights {
		t.Run(sight.Name, func(t *testing.T) {
			v.T = t
			sight.Show(v)
			v.examine(t, sight.Name)
		})
	}
	for _, problem := range v.Problems() {
		if !strings.HasPrefix(problem, "network: ") { // pages in trouble are no successes
			t.Errorf("the browser complains: %s", problem)
		}
	}
}

// Visit opens a page and waits until it shows a text.
func (v *Viewer) Visit(path, text string) {
	v.T.Helper()
	v.Open(path)
	path, _, _ = strings.Cut(path, "?")
	v.ComesTo(path, text)
}

// Submit fills in the form of a page, given as id, value, id, value, …, and
// sends it.
func (v *Viewer) Submit(path string, pairs ...string) {
	v.T.Helper()
	v.Open(path)
	for i := 0; i < len(pairs); i += 2 {
		v.Do("fill in "+pairs[i], chromedp.SetValue(chromedp.CSS("#"+pairs[i]), pairs[i+1]))
	}
	v.Do("send the form", chromedp.Click(chromedp.CSS("main form [type=submit]")))
}

// examine looks at what the tab shows from all sides.
func (v *Viewer) examine(t *testing.T, name string) {
	v.Do("load the checks", chromedp.Evaluate[chromedp.Void](v.scripts+"\nundefined"))
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
		v.Do("space out", chromedp.Evaluate[chromedp.Void]("spaceOut()"))
		v.none(t, how+", text spaced out", "sideways()", "cut()")
		v.Do("space back", chromedp.Evaluate[chromedp.Void]("spaceBack()"))
	}
}
