package webtest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// window makes the tab one of a device. Motion is reduced, also so that no
// colour is caught on its way to another.
func (v *Viewer) window(width int64, scheme string) {
	v.T.Helper()
	v.Do("emulate", chromedp.EmulateViewport(width, 844), command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	}))
}

// none runs checks that return what is wrong.
func (v *Viewer) none(t *testing.T, how string, checks ...string) {
	t.Helper()
	for _, check := range checks {
		wrong, err := chromedp.Run(v.Tab, chromedp.Evaluate[[]string](check))
		if err != nil {
			t.Fatalf("%s: %v", check, err)
		}
		for _, w := range wrong {
			t.Errorf("%s: %s", how, w)
		}
	}
}

// stop is where the keyboard is.
type stop struct {
	Index             int
	Name              string
	Top, Bottom, Left float64
	InMain            bool
	Outlined, InView  bool
}

// walk goes through the page with the Tab key: everything is reached, in the
// order in which it is read (WCAG 2.4.3), and the eye can follow (2.4.7, 2.4.11).
func (v *Viewer) walk(t *testing.T, how string) {
	t.Helper()
	n, err := chromedp.Run(v.Tab, chromedp.Evaluate[int]("begin(), stops().length"))
	if err != nil {
		t.Fatal(err)
	}
	last := v.step(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	for i := range n {
		if last.Index != i {
			t.Fatalf("%s: stop %d of %d by keyboard is %s, number %d of the page", how, i, n, last.Name, last.Index)
		}
		if !last.Outlined || !last.InView {
			t.Errorf("%s: the keyboard is at %s, outlined %t, in view %t", how, last.Name, last.Outlined, last.InView)
		}
		next := v.step(chromedp.KeyEvent(kb.Tab))
		if last.InMain && next.InMain && !next.follows(last) {
			t.Errorf("%s: the keyboard goes from %s back to %s", how, last.Name, next.Name)
		}
		last = next
	}
	if last.Index > 0 { // a browser without a window around the page begins again
		t.Errorf("%s: after the last stop the keyboard is at %s, want it to leave the page", how, last.Name)
	}
	v.Do("leave the page", chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()")) // or the skip link stays in the way
}

func (v *Viewer) step(key chromedp.Action[chromedp.Void]) stop {
	v.T.Helper()
	v.Do("press Tab", key)
	at, err := chromedp.Run(v.Tab, chromedp.Evaluate[stop]("here()"))
	if err != nil {
		v.T.Fatal(err)
	}
	return at
}

// follows reports whether s is read after other: it is lower, or in the same
// line and further right, or at the head of the next column.
func (s stop) follows(other stop) bool {
	return s.Top >= other.Bottom-1 || s.Left > other.Left
}

// picture leaves a picture of the whole page, if pictures are wanted.
func (v *Viewer) picture(t *testing.T, name string) {
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(v.Tab, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	file := strings.NewReplacer(" ", "-", ",", "", ":", "").Replace(name) + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// command makes a step of a command of the browser that returns nothing.
func command[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

// As makes the tab the browser of a user, or of nobody.
func (v *Viewer) As(b *Browser) {
	v.T.Helper()
	v.Do("forget the cookies", command(network.ClearBrowserCookies, cdp.Empty{}))
	if b == nil {
		return
	}
	v.Do("take the cookie", command(network.SetCookie, network.SetCookieParams{
		Name: b.Site.Edge.Cookie.Name, Value: b.Session(), URL: v.URL, Secure: new(true), HTTPOnly: new(true),
	}))
}
