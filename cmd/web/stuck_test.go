package main

import (
	"testing"

	"github.com/chromedp/cdproto/page"
)

// The leading tab may be stuck, in a dialog or in a script. A tab in view that
// hears nothing from it asks for itself.
func TestATabThatHearsNothingAsksForItself(t *testing.T) {
	for name, stick := range map[string]string{
		"dialog": `setTimeout(() => alert("stuck"))`,
		"script": `setTimeout(() => { for (const end = Date.now() + 4000; Date.now() < end; ); })`,
	} {
		t.Run(name, func(t *testing.T) {
			bothStrategies(t, func(t *testing.T, strategy string) {
				f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
				leader := newTab(t)
				leader.signIn(f.url)
				leader.comes("lead")
				follower := leader.another()
				follower.open(f.url + "/account/sessions")
				until(t, "the follower hears", func() bool { return follower.count("heard") >= 2 })
				if follower.count("lead") > 0 {
					t.Fatal("the second tab leads; this test proves nothing")
				}
				laptop := leader.stranger()
				laptop.signIn(f.url)
				laptop.open(f.url + "/account/sessions")

				asked := follower.count("ask")
				eval[bool](leader, `!!`+stick)
				until(t, "the follower asks for itself", func() bool { return follower.count("ask") > asked })
				if follower.count("lead") > 0 {
					t.Error("the follower leads now, want the lead to be stuck")
				}
				laptop.signOutOthers()
				laptop.comesToShow("All other devices are signed out.")
				follower.arrives(signedOutFrom("/account/sessions", "everywhere"))
				if name == "dialog" {
					command(leader, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
				}
				leader.arrives(signedOutFrom("/dashboard", "everywhere"))
			})
		})
	}
}

// A tab may be kept so long that its own answer is half a minute late. What it
// has heard since is what counts.
func TestAVeryLateAnswerMeansNothingEither(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		const halfAMinuteOn = `Date.now = (now => () => now() + 30000)(Date.now);`
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
		first := newTab(t)
		first.signIn(f.url)
		second := first.another()
		second.open(f.url + "/")
		second.holdOne()
		eval[bool](second, halfAMinuteOn+`true`)
		first.prepared(halfAMinuteOn)
		first.signOut()
		first.arrives("/signin?reason=signout")
		second.says("You're signed out")
		for _, b := range []tab{first, second} {
			eval[bool](b, `window.changes = 0; document.addEventListener("session:change", () => changes++); true`)
		}
		second.letGo()
		until(t, "the first tab has heard the late answer", func() bool {
			return eval[bool](first, `window.changes === undefined || traces.includes("heard")`)
		})
		for i, b := range []tab{first, second} {
			if n := eval[int](b, `window.changes ?? -1`); n != 0 {
				t.Errorf("the late answer has changed tab %d %d times (-1: it was left), want it ignored", i, n)
			}
		}
		second.says("You're signed out")
	})
}

// A page may land long after it was asked for. An answer that was asked for in
// between is newer than the page.
func TestAnAnswerIsNewerThanAPageThatLandsLate(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
		first := newTab(t)
		first.signIn(f.url)
		laptop := first.stranger()
		laptop.signIn(f.url)
		laptop.open(f.url + "/account/sessions")

		second := first.another()
		landing := f.hold("/dashboard")
		eval[bool](second, `setTimeout(() => location.assign("`+f.url+`/dashboard")) > 0`)
		received(t, "the late page", landing.arrived)
		laptop.signOutOthers()
		laptop.comesToShow("All other devices are signed out.")
		asking := f.hold("/auth/session")
		eval[bool](first, `import("/static/session.js").then((m) => void m.getSession()), true`)
		received(t, "the answer", asking.arrived)
		f.release("/dashboard")
		second.arrives("/dashboard")
		if second.count("ask") > 0 {
			t.Error("the late page asks for itself; this test proves nothing")
		}
		f.release("/auth/session")
		second.arrives(signedOutFrom("/dashboard", "everywhere"))
	})
}
