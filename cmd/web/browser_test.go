package main

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// runInProcess runs the program on a database of its own until the test ends,
// and returns its address.
func runInProcess(t *testing.T, variables ...string) string {
	t.Helper()
	output := &output{}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		variables = append([]string{"ADDR", "localhost:0", "AUTH_SECRET", goodSecret, "SESSION_STRATEGY", "database"}, variables...)
		if err := run(ctx, t.TempDir(), env(variables...), output); err != nil {
			io.WriteString(output, "run: "+err.Error())
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := bannerURL.FindStringSubmatch(output.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the program did not start:\n%s", output)
	return ""
}

// tab is a browser's tab as a person uses it.
type tab struct {
	*testenv.Tab
	t *testing.T
}

func (b tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Tab, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b tab) open(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
}

func (b tab) fill(selector, text string) {
	b.t.Helper()
	b.do("fill in "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (b tab) click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// signOut presses the button in the user menu, which need not be open: the tab
// may be hidden.
func (b tab) signOut() {
	b.t.Helper()
	b.do("sign out", chromedp.Evaluate[chromedp.Void](`document.querySelector("#user-menu [action='/signout'] button").click()`))
}

// signOutOthers confirms the button of the device list.
func (b tab) signOutOthers() {
	b.t.Helper()
	b.click(`[popovertarget="end-others"]`)
	b.click(`form[action$="/end-others"] button`)
}

// eval asks the page. A page that goes in the middle of an answer gives none;
// then the next one is asked.
func eval[T any](b tab, js string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	got, err := chromedp.Run(b.Tab, chromedp.Evaluate[T](js, options...))
	for try := 0; try < 50 && err != nil && gone.MatchString(err.Error()); try++ {
		time.Sleep(50 * time.Millisecond)
		got, err = chromedp.Run(b.Tab, chromedp.Evaluate[T](js, options...))
	}
	if err != nil {
		b.t.Fatalf("Evaluate(%s): %v", js, err)
	}
	return got
}

// gone is what the browser says of a page that has just been left.
var gone = regexp.MustCompile(`context was destroyed|[Cc]annot find (default execution )?context|navigated or closed`)

// arrives waits until the tab shows a path, however it gets there, and says
// how long that took. The deadline is far shorter than the poll interval.
func (b tab) arrives(path string) time.Duration {
	b.t.Helper()
	start := time.Now()
	for time.Since(start) < patience {
		if at, err := chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname + location.search : ""`)); err == nil && at == path {
			return time.Since(start)
		}
		time.Sleep(50 * time.Millisecond)
	}
	at, _ := chromedp.Run(b.Tab, chromedp.Location())
	b.t.Fatalf("the tab is at %s, want %s", at, path)
	return 0
}

func (b tab) shows(text string) {
	b.t.Helper()
	if got := eval[string](b, `document.body.innerText`); !strings.Contains(got, text) {
		b.t.Errorf("the page does not show %q:\n%s", text, got)
	}
}

// comesToShow waits for a text, for a page that is on its way.
func (b tab) comesToShow(text string) {
	b.t.Helper()
	until(b.t, "the page shows "+text, func() bool {
		body, err := chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
		return err == nil && strings.Contains(body, text)
	})
}

func (b tab) signIn(url string) {
	b.t.Helper()
	b.open(url + "/signin")
	b.fill("#email", demo.Email)
	b.fill("#password", demo.Password)
	b.click("main form [type=submit]")
	b.arrives("/dashboard")
}

// clean checks that nothing went wrong behind the scenes, such as a violation
// of the content security policy.
func (b tab) clean(except ...string) {
	b.t.Helper()
	for _, problem := range b.Problems() {
		expected := false
		for _, e := range except {
			expected = expected || strings.Contains(problem, e)
		}
		if !expected {
			b.t.Errorf("the browser complains: %s", problem)
		}
	}
}

// The whole main job in a real browser, under both strategies.
func TestInABrowser(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		url := runInProcess(t, "SESSION_STRATEGY", strategy)
		first := tab{testenv.Browser(t), t}

		first.open(url + "/dashboard")
		first.arrives("/signin?callbackUrl=%2Fdashboard")
		first.open(url + "/signup")
		first.fill("#name", "Ada Lovelace")
		first.fill("#email", "ada@example.com")
		first.fill("#password", "seven quiet ships at noon")
		first.click("main form [type=submit]")
		first.arrives("/dashboard")
		first.shows("Ada")
		if got := eval[string](first, `document.cookie`); got != "" {
			t.Errorf("scripts see the cookies %q, want none", got)
		}

		// Two tabs; what one does, the other hears of.
		second := tab{first.NewTab(), t}
		second.open(url + "/account/sessions")
		second.shows("Chrom")
		first.signOut()
		first.arrives("/signin?reason=signout")
		took := second.arrives("/signin?callbackUrl=%2Faccount%2Fsessions&reason=tab")
		t.Logf("the second tab left %v after the sign-out was seen in the first", took.Round(time.Millisecond))
		second.shows("signed out in another tab")

		// And back in: the other tab's sign-in page moves on to where it was wanted.
		first.fill("#email", "ada@example.com")
		first.fill("#password", "seven quiet ships at noon")
		first.click("main form [type=submit]")
		first.arrives("/dashboard")
		second.arrives("/account/sessions")

		// A fragment in the address, as the skip link leaves it, is in nobody's way.
		first.signOut()
		first.arrives("/signin?reason=signout")
		second.arrives("/signin?callbackUrl=%2Faccount%2Fsessions&reason=tab")
		second.open(url + "/signin#content")
		first.fill("#email", "ada@example.com")
		first.fill("#password", "seven quiet ships at noon")
		first.click("main form [type=submit]")
		first.arrives("/dashboard")
		second.arrives("/dashboard")
		second.open(url + "/account/sessions")

		// The back button shows nothing after a sign-out (HD-4).
		second.signOut()
		second.arrives("/signin?reason=signout")
		first.arrives("/signin?callbackUrl=%2Fdashboard&reason=tab")
		second.do("go back", chromedp.NavigateBack())
		second.arrives("/signin?callbackUrl=%2Faccount%2Fsessions")
		first.clean()
		second.clean()
	})
}

// Another device's sign-in evicts this one, whose page says so after its next
// look at the session.
func TestAnEvictedBrowserIsToldWhy(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		url := runInProcess(t, "SESSION_STRATEGY", strategy, "SESSION_LIMIT", "1", "SESSION_POLL_INTERVAL", "1s")
		laptop := tab{testenv.Browser(t), t}
		phone := tab{laptop.NewProfile(), t}
		laptop.signIn(url)
		phone.signIn(url)
		laptop.arrives("/signin?callbackUrl=%2Fdashboard&reason=limit")
		laptop.shows("signed in on another device")
		phone.shows("Demo")
		laptop.clean()
		phone.clean()
	})
}
