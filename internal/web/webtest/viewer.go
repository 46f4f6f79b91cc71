package webtest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// window makes the tab one of a device: scheme is "light", "dark" or "forced", the
// few colours of a user who has chosen them all (forced-colors). Motion is reduced, also so that no
// colour is caught on its way to another.
func (v *Viewer) window(width int64, scheme string) {
	v.T.Helper()
	forced := "none"
	if scheme == "forced" {
		scheme, forced = "dark", "active"
	}
	v.Do("emulate", chromedp.EmulateViewport(width, 844), Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: forced}, {Name: "prefers-reduced-motion", Value: "reduce"},
		},
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

// fontSize sets the size of text in the browser's settings, in percent.
func (v *Viewer) fontSize(percent int64) {
	v.T.Helper()
	v.Do("set the font size", Command(page.SetFontSizes, page.SetFontSizesParams{
		FontSizes: &page.FontSizes{Standard: 16 * percent / 100, Fixed: 13 * percent / 100},
	}))
}

// mostShift is how much of a page may move while it loads, by the layout shifts that
// browsers count (web.dev/cls): half of what counts as good.
const mostShift = 0.05

// shift is how much has moved since the page began, besides what its reader did.
const shift = `new Promise((resolve) => {
	let sum = 0;
	const add = (entries) => { for (const e of entries) if (!e.hadRecentInput) sum += e.value; };
	const observer = new PerformanceObserver((list) => add(list.getEntries()));
	observer.observe({ type: "layout-shift", buffered: true });
	document.fonts.ready.then(() => setTimeout(() => { add(observer.takeRecords()); resolve(sum); }, 200));
})`

// steady opens the page anew, if opening is how the tab came to it, and checks that
// nothing moves.
func (v *Viewer) steady(t *testing.T) {
	t.Helper()
	at, err := chromedp.Run(v.Tab, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		t.Fatal(err)
	}
	if at != v.opened {
		return
	}
	for _, width := range []int64{1280, 390} {
		v.window(width, "light")
		v.Open(at)
		moved, err := chromedp.Run(v.Tab, chromedp.Evaluate[float64](shift, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if moved > mostShift {
			t.Errorf("%d px: while the page loads, %.3f of it moves, want at most %.2f", width, moved, mostShift)
		}
	}
}

// Command makes a step of a command of the browser that returns nothing.
func Command[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, c, params)
		return err
	})
}

// As makes the tab the browser of a user, or of nobody.
func (v *Viewer) As(b *Browser) {
	v.T.Helper()
	v.Do("forget the cookies", Command(network.ClearBrowserCookies, cdp.Empty{}))
	if b == nil {
		return
	}
	v.Do("take the cookie", Command(network.SetCookie, network.SetCookieParams{
		Name: b.Site.Edge.Cookie.Name, Value: b.Session(), URL: v.URL, Secure: new(true), HTTPOnly: new(true),
	}))
}
