package webtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
)

// Sight is a page in one of its states.
type Sight struct {
	Page string // the route of the page, such as /notes/{id}; "" = it stands in for whatever page was asked for
	Name string
	Show func(v *Viewer) // brings the tab there
}

// Viewer looks at a site through one tab of a real browser.
type Viewer struct {
	Tab
	Site    *Site
	Memory  *Memory // the site's database
	scripts string  // axe-core and our own checks
	opened  string  // what was opened last; "" = a form was sent since
	album   album
}

// Look brings a tab of a real browser to each sight and examines what it shows:
// on a phone and on a desk, by day and by night, by keyboard, enlarged, from right
// to left, and with axe-core. prepare may change the site first; nil = as it is.
// With SCREENSHOTS=DIR in the environment, pictures of the sights are left in that
// folder, and contact sheets of them. The test is skipped where there is no browser
// or no axe-core.
func Look(t *testing.T, prepare func(s *Site), sights ...Sight) {
	scripts := axe(t)
	s, db := siteToLookAt(t, prepare)
	v := &Viewer{Tab: s.OpenTab(), Site: s, Memory: db, scripts: scripts, album: album{}}
	for _, sight := range sights {
		t.Run(sight.Name, func(t *testing.T) {
			v.T = t
			sight.Show(v)
			v.isAt(t, sight.Page)
			v.examine(t, sight.Name)
		})
	}
	v.T = t
	for _, problem := range v.Problems() {
		if !strings.HasPrefix(problem, "network: ") { // pages in trouble are no successes
			t.Errorf("the browser complains: %s", problem)
		}
	}
	v.sheets(t)
}

// LookAt is Look for an optional part, on a site that has it: all of its pages are
// to be seen. A page that the part adds later fails the test until a sight shows it.
func LookAt(t *testing.T, part kit.Part, prepare func(s *Site), sights ...Sight) {
	with := func(s *Site) {
		if prepare != nil {
			prepare(s)
		}
		s.Deploy()
		s.takeIn(part)
	}
	t.Run("every page has a sight", func(t *testing.T) { // without a browser, too
		s, _ := siteToLookAt(t, with)
		EveryPageHasASight(t, s.Pages(s.routesOf(part)), sights...)
	})
	Look(t, with, sights...)
}

// siteToLookAt is a site with room for a household of devices.
func siteToLookAt(t *testing.T, prepare func(s *Site)) (*Site, *Memory) {
	db := NewMemory()
	s := New(t, db, "jwt")
	s.Auth.MaxAge, s.Auth.AbsoluteMaxAge, s.Auth.Limit = 30*24*time.Hour, 90*24*time.Hour, 12
	if prepare != nil {
		prepare(s)
	}
	s.Deploy()
	return s, db
}

// Open opens a path of the site.
func (v *Viewer) Open(path string) {
	v.T.Helper()
	v.Tab.Open(path)
	v.opened = path
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
	v.opened = ""
}

// isAt checks that the tab is at the page that the sight is of.
func (v *Viewer) isAt(t *testing.T, page string) {
	if page == "" {
		return
	}
	path, err := chromedp.Run(v.Tab, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		t.Fatal(err)
	}
	at := chi.NewRouteContext()
	v.Site.Handler().(chi.Routes).Match(at, "GET", path)
	if at.RoutePattern() != page {
		t.Errorf("the tab is at %s, a page of the route %q, want %q", path, at.RoutePattern(), page)
	}
}

// examine looks at what the tab shows from all sides.
func (v *Viewer) examine(t *testing.T, name string) {
	v.Do("load the checks", chromedp.Evaluate[chromedp.Void](v.scripts+"\nundefined"))
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			how := fmt.Sprintf("%d px, %s", width, scheme)
			v.window(width, scheme)
			v.picture(t, name, fmt.Sprintf("%d-%s", width, scheme))
			v.accessible(t, how)
		}
		how := fmt.Sprintf("%d px", width)
		v.none(t, how, "sideways()", "cut()", "squeezed()", "small()", "moving()", "covered()")
		v.walk(t, how)

		v.fontSize(200)
		v.none(t, how+", font size 200 %", "sideways()", "cut()", "squeezed()")
		v.picture(t, name, fmt.Sprintf("%d-large", width))
		v.fontSize(100)
		v.Do("turn around", chromedp.Evaluate[chromedp.Void](`document.documentElement.dir = "rtl"`))
		v.none(t, how+", from right to left", "sideways()", "cut()", "squeezed()")
		v.picture(t, name, fmt.Sprintf("%d-rtl", width))
		v.Do("turn back", chromedp.Evaluate[chromedp.Void](`document.documentElement.removeAttribute("dir")`))
	}
	v.window(1280, "forced")
	v.picture(t, name, "1280-forced")
	// 320 px is a desk at 400 % (WCAG 1.4.10), 640 px one at 200 % (1.4.4); 280 px
	// is the cover of a folded phone.
	for _, width := range []int64{640, 320, 280} {
		how := fmt.Sprintf("%d px", width)
		v.window(width, "light")
		v.none(t, how, "sideways()", "cut()", "squeezed()", "small()", "covered()")
		v.Do("space out", chromedp.Evaluate[chromedp.Void]("spaceOut()"))
		v.none(t, how+", text spaced out", "sideways()", "cut()", "squeezed()")
		v.Do("space back", chromedp.Evaluate[chromedp.Void]("spaceBack()"))
	}
	v.steady(t)
}
