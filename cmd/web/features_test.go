package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// missing makes a browser of which a feature is missing, or forbidden as it is
// where a site may store nothing.
var missing = map[string]string{
	"BroadcastChannel":           `delete window.BroadcastChannel;`,
	"BroadcastChannel forbidden": `window.BroadcastChannel = function () { throw new DOMException("forbidden", "SecurityError") };`,
	"AbortSignal.timeout":        `delete AbortSignal.timeout;`,
	"AbortController":            `delete window.AbortController; delete window.AbortSignal;`,
	"locks":                      withoutLocks,
	"locks forbidden":            `LockManager.prototype.request = () => Promise.reject(new DOMException("forbidden", "SecurityError"));`,
	"EventSource":                `delete window.EventSource;`,
	"localStorage forbidden":     `Object.defineProperty(window, "localStorage", { get() { throw new DOMException("forbidden", "SecurityError") } });`,
	"localStorage switched off":  `Object.defineProperty(window, "localStorage", { value: null });`,
	"what only https has":        withoutLocks + `delete window.structuredClone; delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle; delete window.caches; delete Navigator.prototype.serviceWorker;`,
	"onLine":                     `delete Navigator.prototype.onLine;`,
	"performance entries":        `delete Performance.prototype.getEntriesByType;`,
	"all of them": `delete window.BroadcastChannel; delete window.AbortController; delete window.AbortSignal; delete window.EventSource; delete Navigator.prototype.onLine;
		delete Performance.prototype.getEntriesByType; delete window.structuredClone; Object.defineProperty(window, "localStorage", { value: null });` + withoutLocks,
}

// Whatever the browser lacks, polling alone has a signed-out tab leave its page,
// and no tab asks more often than the interval says. Under which strategy makes no
// difference to one feature, so they take turns; without all of them it is both.
func TestWhatABrowserLacksLeavesPolling(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s", "SESSION_LIMIT", "0")
		for i, feature := range slices.Sorted(maps.Keys(missing)) {
			script := missing[feature]
			if feature != "all of them" && (i%2 == 0) != (strategy == "jwt") {
				continue
			}
			t.Run(feature, func(t *testing.T) {
				t.Parallel()
				b := newTab(t, script)
				b.signIn(f.url)
				leavesWhenSignedOut(t, f, b, script)
			})
		}
	})
}

// leavesWhenSignedOut opens a second tab beside a signed-in one, signs out in the
// first and waits for the second to leave.
func leavesWhenSignedOut(t *testing.T, f *front, first tab, script string) {
	t.Helper()
	second := first.another(script)
	second.open(f.url + "/account/sessions")
	asked, start := second.count("ask"), time.Now()
	until(t, "two answers in the second tab", func() bool { return second.count("answer")+second.count("heard") >= 2 })
	if n, most := second.count("ask")-asked, int(time.Since(start)/(800*time.Millisecond))+2; n > most {
		t.Errorf("the tab asked %d times in %v, want at most %d", n, time.Since(start), most)
	}
	second.says("")
	first.signOut()
	first.arrives("/signin?reason=signout")
	second.arrives(signedOutFrom("/account/sessions", "tab"))
	first.clean()
	second.clean()
}

// Without import maps session.js is loaded twice, and works as two tabs would.
func TestABrowserWithoutImportMapsKeepsInStep(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1s")
	f.rewritePages(func(html string) string { return strings.Replace(html, `"importmap"`, `"unknown"`, 1) })
	b := newTab(t)
	b.signIn(f.url)
	leavesWhenSignedOut(t, f, b, "")
}

// A browser without modules keeps its pages, which work and expire with the next
// request.
func TestABrowserWithoutModulesKeepsItsPages(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
		f.rewritePages(func(html string) string { return strings.ReplaceAll(html, `type="module"`, `type="unknown"`) })
		first := newTab(t)
		first.signIn(f.url)
		second := first.another()
		second.open(f.url + "/dashboard")
		first.signOut()
		first.arrives("/signin?reason=signout")
		if !second.sees("Welcome") || f.polls() > 0 {
			t.Errorf("the page has gone, or asked %d times; this test proves nothing", f.polls())
		}
		second.open(f.url + "/account/sessions")
		second.arrives("/signin?callbackUrl=%2Faccount%2Fsessions")
		second.clean()
	})
}

// No interval makes a page ask all the time: not one that is longer than a
// browser's timers can count, and not one that is no interval.
func TestNoIntervalFloodsTheServer(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "77s", "SESSION_PUSH", "off")
	b := newTab(t)
	b.signIn(f.url)
	for _, seconds := range []string{"2592000", "2147484", "31536000000", "1e300", "Infinity", "-60", "soon", "0.001"} {
		f.rewritePages(func(html string) string {
			return strings.Replace(html, `data-poll-seconds="77"`, `data-poll-seconds="`+seconds+`"`, 1)
		})
		b.open(f.url + "/dashboard")
		if got := eval[string](b, `document.body.dataset.pollSeconds`); got != seconds {
			t.Fatalf("the interval is %q, want %q; this test proves nothing", got, seconds)
		}
		b.comes("lead")
		before := f.polls()
		time.Sleep(1200 * time.Millisecond)
		if n := f.polls() - before; n > 2 || n > 0 && seconds != "0.001" {
			t.Errorf("with an interval of %s seconds the page asked %d times in a second", seconds, n)
		}
	}
}
