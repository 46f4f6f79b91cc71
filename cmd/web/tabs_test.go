package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// bothStrategies runs a browser's test under each, beside all other tests: most
// of it is waiting.
func bothStrategies(t *testing.T, f func(t *testing.T, strategy string)) {
	t.Parallel()
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			f(t, strategy)
		})
	}
}

// record is put into a tab before its pages: it keeps what session.js tells of
// itself, and can be asked to make an old browser of it.
const record = `window.traces = [];
	const note = (what) => {
		traces.push(what);
		sessionStorage.setItem("all traces", (sessionStorage.getItem("all traces") ?? "") + "," + what);
	};
	document.addEventListener("session:trace", ({ detail }) => note(detail.state ? detail.what + " " + detail.state : detail.what));
	document.addEventListener("DOMContentLoaded", () => {
		const root = document.documentElement;
		new MutationObserver(() => note(root.classList.contains("session-hidden") ? "hidden" : "not hidden")).observe(root, { attributeFilter: ["class"] });
	});`

const withoutLocks = `delete Navigator.prototype.locks;`

// newTab is a first tab of a new browser, whose pages run the scripts first.
func newTab(t *testing.T, scripts ...string) tab {
	t.Helper()
	return tab{testenv.Browser(t), t}.prepared(scripts...)
}

func (b tab) prepared(scripts ...string) tab {
	b.t.Helper()
	for _, script := range append(scripts, record) {
		command(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
	return b
}

// another is one more tab of the same browser.
func (b tab) another(scripts ...string) tab {
	b.t.Helper()
	return tab{b.NewTab(), b.t}.prepared(scripts...)
}

// stranger is a tab of somebody else's browser.
func (b tab) stranger() tab {
	b.t.Helper()
	return tab{b.NewProfile(), b.t}.prepared()
}

// command sends a command of the DevTools protocol.
func command[P, R any](b tab, c cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.Tab, c, params); err != nil {
		b.t.Fatalf("%s: %v", c.Method, err)
	}
}

// count is how often session.js told of something since the page was loaded.
func (b tab) count(what string) int {
	b.t.Helper()
	n := 0
	for _, trace := range eval[[]string](b, `window.traces`) {
		if trace == what {
			n++
		}
	}
	return n
}

// before reports whether session.js told of something, or hid the page, on any
// page that this tab has been at.
func (b tab) before(what string) bool {
	b.t.Helper()
	return slices.Contains(strings.Split(eval[string](b, `sessionStorage.getItem("all traces") ?? ""`), ","), what)
}

// comes waits until session.js has told of something.
func (b tab) comes(what string) {
	b.t.Helper()
	until(b.t, what, func() bool { return b.count(what) > 0 })
}

// says waits until the notice at the page's edge contains the words; "" waits
// until it is empty.
func (b tab) says(words string) time.Duration {
	b.t.Helper()
	var said string
	return until(b.t, "the notice "+words, func() bool {
		said = eval[string](b, `document.querySelector("#session-notice p")?.textContent ?? "(no notice)"`)
		return said == words || words != "" && strings.Contains(said, words)
	})
}

// hidden reports whether the page's content is kept from view.
func (b tab) hidden() bool {
	b.t.Helper()
	return eval[string](b, `getComputedStyle(document.querySelector("main")).visibility`) == "hidden"
}

// One poll per browser and interval, however many tabs: one of five asks, the
// others hear.
func TestFiveTabsPollAsOne(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s", "SESSION_PUSH", "off")
		tabs := fiveTabs(t, f)
		asked := make([]int, len(tabs))
		before := f.polls()
		for i, b := range tabs {
			asked[i] = b.count("ask")
		}
		until(t, "five more polls", func() bool { return f.polls() >= before+5 })
		var askers int
		for i, b := range tabs {
			more := b.count("ask") - asked[i]
			if more > 0 {
				askers++
			}
			if more == 0 {
				until(t, fmt.Sprintf("tab %d, which asks nothing, hears what the tab that asks does", i), func() bool { return b.count("heard") >= 4 })
			}
		}
		if askers != 1 {
			t.Errorf("%d of five tabs polled, want one", askers)
		}
		for _, b := range tabs {
			b.clean()
		}
	})
}

// Without Web Locks whoever polls first polls for all. Timers may coincide, so
// it is about one poll an interval, not five.
func TestFiveTabsOfAnOldBrowserShareTheirPolls(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "2s", "SESSION_PUSH", "on")
	tabs := fiveTabs(t, f, withoutLocks)
	if eval[bool](tabs[0], `"locks" in navigator`) {
		t.Fatal("the browser still has Web Locks; this test proves nothing")
	}
	until(t, "every tab has heard of another's answer", func() bool {
		return !slices.ContainsFunc(tabs, func(b tab) bool { return b.count("heard") == 0 })
	})
	// Five tabs on their own always make five an interval. On a busy machine the timers of
	// two may coincide for a while, so one quiet stretch is enough.
	for range 5 {
		before, start := f.polls(), time.Now()
		until(t, "six more polls", func() bool { return f.polls() >= before+6 })
		intervals := time.Since(start).Seconds() / 2
		polls := float64(f.polls() - before)
		t.Logf("%.0f polls in %.1f intervals", polls, intervals)
		if polls/intervals <= 2.5 {
			return
		}
	}
	t.Error("five tabs made more than 2.5 polls an interval, again and again, want about one")
}

// fiveTabs of one browser look at the dashboard.
func fiveTabs(t *testing.T, f *front, scripts ...string) []tab {
	t.Helper()
	tabs := []tab{newTab(t, scripts...)}
	tabs[0].signIn(f.url)
	for range 4 {
		b := tabs[0].another(scripts...)
		b.open(f.url + "/dashboard")
		tabs = append(tabs, b)
	}
	return tabs
}

func TestTheNextTabLeadsWhenTheLeaderCloses(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
		first := newTab(t) // stays, for the browser ends with it
		first.signIn(f.url)
		first.comes("lead")
		second := first.another()
		second.open(f.url + "/dashboard")
		third := first.another()
		third.open(f.url + "/dashboard")
		first.open("about:blank") // the leader goes
		until(t, "one of the other two leads", func() bool { return second.count("lead")+third.count("lead") == 1 })
		leader, follower := second, third
		if third.count("lead") == 1 {
			leader, follower = third, second
		}
		leader.comes("push open")
		asked, heard := leader.count("ask"), follower.count("heard")
		until(t, "the new leader polls", func() bool { return leader.count("ask") >= asked+2 })
		until(t, "the other hears", func() bool { return follower.count("heard") >= heard+2 })
		command(leader, page.Close, cdp.Empty{})
		follower.comes("lead")
		follower.comes("push open")
		follower.clean()
	})
}

// The page is not touched while the same user is signed in, whatever the other
// tabs do: what is typed stays.
func TestATabKeepsWhatIsTyped(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy)
		first := newTab(t)
		first.signIn(f.url)
		eval[bool](first, `document.querySelector("main").innerHTML = "<textarea>half a letter</textarea>"; true`)
		second := first.another()
		second.open(f.url + "/signout")
		// Signing in again replaces the session: by the API, as a page of the same
		// user would. The old one has ended before the new cookie is here.
		held := f.hold("/signin")
		eval[bool](second, `window.signingIn = `+signInByAPI+`; true`)
		received(t, "the sign-in", held.arrived)
		eval[bool](first, `window.asking = import("/static/session.js").then((m) => m.getSession()); true`)
		time.Sleep(500 * time.Millisecond)
		f.release("/signin")
		eval[int](second, `signingIn`, chromedp.EvalAwaitPromise)
		if got := eval[string](first, `asking.then((session) => session?.user.email ?? "nobody")`, chromedp.EvalAwaitPromise); got != demo.Email {
			t.Errorf("a question in the middle of a sign-in is answered %q, want %q", got, demo.Email)
		}
		heard := first.count("answer") + first.count("heard")
		second.open(f.url + "/dashboard")
		eval[bool](second, `import("/static/session.js").then((m) => m.getSession()).then(() => true)`, chromedp.EvalAwaitPromise)
		until(t, "the first tab hears of it", func() bool { return first.count("answer")+first.count("heard") > heard })
		if got := eval[string](first, `document.querySelector("textarea")?.value ?? "gone"`); got != "half a letter" {
			t.Errorf("what was typed is %q, want it as it was", got)
		}
		first.says("")
	})
}

// signInByAPI is what a page does that signs in without leaving.
var signInByAPI = `fetch("/signin", { method: "POST", body: new URLSearchParams({ email: "` + demo.Email + `", password: "` + demo.Password + `" }) }).then((r) => r.status)`

// A module that imports session.js gets the one that runs, not a second poller.
func TestImportingTheModuleMakesNoSecondOne(t *testing.T) {
	t.Parallel()
	f := newFront(t)
	b := newTab(t)
	b.signIn(f.url)
	got := eval[string](b, `import("/static/session.js").then((m) => m.getSession()).then((s) => s.user.email)`, chromedp.EvalAwaitPromise)
	if got != demo.Email {
		t.Errorf("getSession() = %q, want %q", got, demo.Email)
	}
	scripts := eval[[]string](b, `performance.getEntriesByType("resource").map((e) => new URL(e.name).pathname).filter((p) => p.includes("/session."))`)
	slices.Sort(scripts)
	if scripts = slices.Compact(scripts); len(scripts) != 1 {
		t.Errorf("the page loaded %q, want session.js once", scripts)
	}
}
