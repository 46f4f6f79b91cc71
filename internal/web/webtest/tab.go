package webtest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// Tab is a tab of a real browser, on our origin.
type Tab struct {
	*testenv.Tab
	T   testing.TB
	URL string // the site's origin
}

// Do takes steps; what says which in a failure.
func (b Tab) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	if err := chromedp.Do(b.Tab, steps...); err != nil {
		b.T.Fatalf("%s: %v", what, err)
	}
}

// Open opens a path of the site.
func (b Tab) Open(path string) {
	b.T.Helper()
	b.Do("open "+path, chromedp.Navigate(b.URL+path))
}

// SignIn fills in our own form.
func (b Tab) SignIn(email string) {
	b.T.Helper()
	b.Do("sign in", chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), Password),
		chromedp.Click(chromedp.CSS("main form [type=submit]")))
}

// ComesTo waits until the tab is at a path and shows a text, however that
// happens. Our own pages poll once a minute here, so that what comes in time
// has come through a channel between tabs or through the client's own poll.
func (b Tab) ComesTo(path, text string) {
	b.T.Helper()
	var at, body string
	Eventually(func() bool {
		// In the middle of a navigation there is no page to ask.
		at, _ = chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname : ""`))
		body, _ = chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
		return at == path && strings.Contains(body, text)
	})
	if at != path || !strings.Contains(body, text) {
		b.T.Fatalf("the tab is at %s, want it at %s with %q on the page:\n%s", at, path, text, body)
	}
}

// Finds waits until the page shows an element.
func (b Tab) Finds(selector string) {
	b.T.Helper()
	var body string
	if !Eventually(func() bool {
		shown, _ := chromedp.Run(b.Tab, chromedp.Evaluate[bool](`document.querySelector(`+strconv.Quote(selector)+`)?.checkVisibility() ?? false`))
		body, _ = chromedp.Run(b.Tab, chromedp.Evaluate[string](`location + "\n" + document.body?.innerText`))
		return shown
	}) {
		b.T.Fatalf("the page does not show %s:\n%s", selector, body)
	}
}

// Eventually asks again and again until the answer is yes, or for so long that
// it will not be.
func Eventually(ok func() bool) bool {
	deadline := time.After(15 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// Clean checks that nothing went wrong behind the scenes.
func (b Tab) Clean() {
	b.T.Helper()
	for _, problem := range b.Problems() {
		b.T.Errorf("the browser complains: %s", problem)
	}
}

// OpenTab starts a real browser, which trusts the site's certificate. The test is
// skipped where there is none.
func (s *Site) OpenTab() Tab {
	s.T.Helper()
	return Tab{testenv.Browser(s.T, chromedp.IgnoreCertErrors), s.T, s.URL}
}
