package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// signedOutFrom is where session.js leads a tab at a path for a reason.
func signedOutFrom(path, reason string) string {
	return "/signin?" + url.Values{"callbackUrl": {path}, "reason": {reason}}.Encode()
}

// An ending on one device reaches an open page on another: with push at once,
// though the next poll is an hour away; without, by the next poll.
func TestAnEndingReachesAnotherBrowser(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]string{
		"push": {"SESSION_PUSH", "on", "SESSION_POLL_INTERVAL", "1h"},
		"poll": {"SESSION_PUSH", "off", "SESSION_POLL_INTERVAL", "2s"},
	} {
		t.Run(name, func(t *testing.T) {
			bothStrategies(t, func(t *testing.T, strategy string) {
				f := newFront(t, append([]string{"SESSION_STRATEGY", strategy}, settings...)...)
				phone := newTab(t)
				phone.signIn(f.url)
				if name == "push" {
					phone.comes("push open")
				}
				laptop := phone.stranger()
				laptop.signIn(f.url)
				laptop.open(f.url + "/account/sessions")
				signInPage := f.hold("/signin")
				laptop.click(`form[action*="/end"] button`)
				laptop.comesToShow("The device is signed out.")
				start := time.Now()
				received(t, "the phone wants the sign-in page", signInPage.arrived)
				took := time.Since(start)
				f.release("/signin")
				phone.arrives(signedOutFrom("/dashboard", "device"))
				if !phone.before("hidden") {
					t.Error("the page was shown while the sign-in page was on its way")
				}
				t.Logf("the phone left %v after the laptop had its answer", took.Round(time.Millisecond))
				phone.shows("signed out from another device")
				if name == "push" && !phone.before("push news") {
					t.Error("the page has left, but not because it was told")
				}
				if name == "poll" && f.asked["GET /auth/events"] > 0 {
					t.Error("a page listened to the stream, though SESSION_PUSH is off")
				}
				laptop.shows("The device is signed out.")
				phone.clean()
				laptop.clean()

				// And back to where he was.
				phone.fill("#email", demo.Email)
				phone.fill("#password", demo.Password)
				phone.click("main form [type=submit]")
				phone.arrives("/dashboard")
			})
		})
	}
}

// SE-7: a poll whose answer is on its way while the user signs out may set the
// cookie again. It is dead on arrival, and no tab believes the answer.
func TestAHeldBackPollLeavesTheBrowserSignedOut(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h", "SESSION_RENEW_AFTER", "1s", "SESSION_PUSH", "off")
		first := newTab(t)
		first.signIn(f.url)
		second := first.another()
		second.open(f.url + "/account/sessions")
		time.Sleep(time.Second) // so that the poll renews, and its answer carries a cookie
		held := f.hold("/auth/session")
		eval[bool](second, `import("/static/session.js").then((m) => void m.getSession()), true`)
		received(t, "the poll's answer", held.arrived)
		first.signOut() // its own check after the sign-out is held, too
		first.arrives("/signin?reason=signout")
		second.says("")
		f.release("/auth/session")
		second.arrives(signedOutFrom("/account/sessions", "tab"))
		second.shows("signed out in another tab")
		for _, b := range []tab{first, second} {
			b.open(f.url + "/dashboard")
			if at := eval[string](b, `location.pathname`); at != "/signin" {
				t.Errorf("after the late answer /dashboard leads to %s, want /signin", at)
			}
			b.open(f.url + "/signin")
			if got := eval[string](b, `fetch("/auth/session").then((r) => r.text())`, chromedp.EvalAwaitPromise); got != "null" {
				t.Errorf("after the late answer the session is %s, want null", got)
			}
		}
	})
}

// A tab whose own sign-out is on its way hides, but waits for its answer: it
// deletes the cookie, and has the better words.
func TestASignOutHasItsOwnAnswer(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h")
		first := newTab(t)
		first.signIn(f.url)
		first.comes("push open")
		held := f.hold("/signout")
		first.signOut()
		received(t, "the sign-out", held.arrived)
		time.Sleep(2 * time.Second) // in which it is told of the ending
		f.release("/signout")
		first.arrives("/signin?reason=signout")
		if !first.before("push news") || !first.before("hidden") {
			t.Error("the page was not told, or did not hide; this test proves nothing")
		}
		first.shows("You're signed out.")
		first.clean()
	})
}

// HD-4: the way back shows nothing private: not while it is being checked, and
// not after. Once as this browser does it, once as a browser does that keeps
// the page alive.
func TestTheBackButtonShowsNothingPrivate(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h")
		first := newTab(t)
		first.signIn(f.url)
		first.open(f.url + "/account/sessions")
		first.open(f.url + "/")
		second := first.another()
		second.open(f.url + "/dashboard")
		second.signOut()
		second.arrives("/signin?reason=signout")
		first.do("go back", chromedp.NavigateBack())
		until(t, "the sign-in page", func() bool {
			if first.sees("signed in now") {
				t.Error("the way back shows the devices of a session that has ended")
			}
			return eval[string](first, `location.pathname`) == "/signin"
		})

		// The back/forward cache: the same page, alive again, and no answer yet.
		first.open("about:blank") // or its sign-in page moves on, and may lead in the other's place
		second.signIn(f.url)
		second.comes("lead")
		second.comes("answer") // to the question after a sign-in
		held := f.hold("/auth/session")
		eval[bool](second, `dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))`)
		if !second.sees("Welcome") {
			t.Fatal("the dashboard shows nothing; this test proves nothing")
		}
		eval[bool](second, `dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))`)
		if second.sees("Welcome") {
			t.Error("a page from the back/forward cache is shown before it is checked")
		}
		received(t, "the check's answer", held.arrived)
		f.release("/auth/session")
		until(t, "the page is shown again", func() bool { return second.sees("Welcome") })
		second.comes("push open")
	})
}

// sees reports whether the words can be seen on the page.
func (b tab) sees(words string) bool {
	b.t.Helper()
	return eval[bool](b, `!!document.querySelector("main")?.innerText.includes("`+words+`") && getComputedStyle(document.querySelector("main")).visibility === "visible"`)
}

// What is on the screen when its session has run out unnoticed is hidden before
// anybody is asked: in a tab that comes back to view, and in one that was in
// view while the computer slept, where timers stood still.
func TestExpiredWhileAsleep(t *testing.T) {
	t.Parallel()
	for name, sleep := range map[string]struct{ down, up string }{
		"hidden": {seen("hidden"), seen("visible")},
		"asleep": {`window.clock = Date.now; Date.now = (now => () => now)(Date.now())`, `Date.now = clock`},
	} {
		t.Run(name, func(t *testing.T) {
			bothStrategies(t, func(t *testing.T, strategy string) {
				f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_MAX_AGE", "6s", "SESSION_RENEW_AFTER", "1s", "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
				b := newTab(t)
				b.signIn(f.url)
				b.comes("lead")
				asked := f.polls()
				held := f.hold("/auth/session")
				eval[bool](b, sleep.down+`; true`)
				time.Sleep(6 * time.Second)
				if name == "hidden" && f.polls() != asked {
					t.Error("a hidden page asks for its session")
				}
				eval[bool](b, sleep.up+`; true`)
				received(t, "the question after waking up", held.arrived)
				if !b.hidden() {
					t.Error("an expired page is shown while it is being checked")
				}
				f.release("/auth/session")
				b.arrives(signedOutFrom("/dashboard", "expired"))
				b.shows("session expired")
				b.clean()
			})
		})
	}
}

// seen makes a page believe that it is in view, or not; a headless browser has
// all its tabs in view.
func seen(state string) string {
	return `Object.defineProperty(document, "hidden", { value: "` + state + `" === "hidden", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`
}

// A page left alone says that its session is about to end. The user can stay,
// but not past the absolute end.
func TestAnIdlePageSaysThatItsSessionEnds(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_MAX_AGE", "12s", "SESSION_RENEW_AFTER", "1s", "SESSION_POLL_INTERVAL", "1s",
			"SESSION_POLL_KEEPS_ALIVE", "false", "SESSION_ABSOLUTE_MAX_AGE", "16s")
		b := newTab(t)
		b.signIn(f.url)
		if eval[bool](b, `!document.querySelector("#session-notice button").hidden`) {
			t.Error("a new session offers to stay signed in")
		}
		b.says("You'll be signed out in 0:")
		if b.hidden() {
			t.Error("a page that is about to expire is hidden already")
		}
		b.do("focus the button", chromedp.Focus(chromedp.CSS("#session-notice button")))
		b.click("#session-notice button")
		b.says("")
		if got := eval[string](b, `document.activeElement.id`); got != "content" {
			t.Errorf("the focus is on %q after the button has gone, want the content", got)
		}
		b.says("can't be extended")
		if eval[bool](b, `!document.querySelector("#session-notice button").hidden`) {
			t.Error("the page offers to stay past the absolute end")
		}
		b.arrives(signedOutFrom("/dashboard", "expired"))
		b.clean()
	})
}

// Two people on one machine, each in a browser of their own, both with push and
// polls: nobody ever sees the other, and one's sign-out is not the other's.
func TestTwoUsersNeverMix(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s", "SESSION_RENEW_AFTER", "1s")
		demoTab := newTab(t)
		demoTab.signIn(f.url)
		ada := demoTab.stranger()
		ada.open(f.url + "/signup")
		ada.fill("#name", "Ada Lovelace")
		ada.fill("#email", "ada@example.com")
		ada.fill("#password", "seven quiet ships at noon")
		ada.click("main form [type=submit]")
		ada.arrives("/dashboard")
		const watch = `window.emails = new Set();
			document.addEventListener("session:trace", ({ detail }) => detail.session !== undefined && emails.add(detail.session?.user.email ?? "nobody")); true`
		eval[bool](demoTab, watch)
		eval[bool](ada, watch)
		for _, b := range []tab{demoTab, ada} {
			n := b.count("answer")
			until(t, "four polls", func() bool { return b.count("answer") >= n+4 })
		}
		for b, want := range map[tab]string{demoTab: demo.Email, ada: "ada@example.com"} {
			if got := strings.Join(eval[[]string](b, `[...emails]`), " "); got != want {
				t.Errorf("a tab of %s has heard of %q", want, got)
			}
		}
		ada.signOut()
		ada.arrives("/signin?reason=signout")
		n := demoTab.count("answer")
		until(t, "two more polls", func() bool { return demoTab.count("answer") >= n+2 })
		demoTab.open(f.url + "/dashboard")
		demoTab.shows("Demo")
		demoTab.clean()
		ada.clean()
	})
}
