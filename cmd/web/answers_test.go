package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// holdOne keeps the answer to a tab's next question in the tab until letGo.
func (b tab) holdOne() {
	b.t.Helper()
	eval[bool](b, `window.usual = fetch; window.fetch = async (...x) => { const answer = await usual(...x); await new Promise((go) => window.go = go); return answer };
		import("/static/session.js").then((m) => void m.getSession()), true`)
	until(b.t, "the answer is there", func() bool { return eval[bool](b, `!!window.go`) })
	eval[bool](b, `window.fetch = usual; true`)
}

func (b tab) letGo() {
	b.t.Helper()
	n := b.count("answer")
	eval[bool](b, `window.go(); true`)
	until(b.t, "the late answer is read", func() bool { return b.count("answer") > n })
}

// signInAgain fills in the sign-in page that the tab is at.
func (b tab) signInAgain() {
	b.t.Helper()
	b.fill("#email", demo.Email)
	b.fill("#password", demo.Password)
	b.click("main form [type=submit]")
	b.arrives("/dashboard")
}

// stock is what pages of the stock client say to each other.
func stock(trigger string) string {
	return `new BroadcastChannel("next-auth").postMessage({ event: "session", data: { trigger: "` + trigger + `" } })`
}

// An answer to a question that was put before the last one whose answer is
// known says nothing: not in this tab, not in others, not for later.
func TestALateAnswerMeansNothing(t *testing.T) { // SE-7
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
		first := newTab(t)
		first.signIn(f.url)
		second := first.another()
		second.open(f.url + "/")
		second.holdOne()
		first.signOut()
		first.arrives("/signin?reason=signout")
		second.says("You're signed out")
		const watch = `window.changes = 0; document.addEventListener("session:change", () => changes++); true`
		eval[bool](first, watch)
		eval[bool](second, watch)
		second.letGo()
		until(t, "the first tab has heard the late answer", func() bool {
			return eval[bool](first, `window.changes === undefined || traces.filter((what) => what === "heard").length > 0`)
		})
		for i, b := range []tab{first, second} {
			if n := eval[int](b, `window.changes ?? -1`); n != 0 {
				t.Errorf("the late answer has changed tab %d %d times (-1: it was left), want it ignored", i, n)
			}
		}
		second.says("You're signed out")
		first.signInAgain() // is news: the late answer is not remembered
		second.says("")
		first.clean()
		second.clean()
	})
}

// What makes tabs ask by themselves is held to one question in five seconds,
// however often it comes and however many tabs hear it.
func TestTabsKeepTheirDistanceFromTheServer(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	tabs := fiveTabs(t, f)
	// Their clocks go forward, which is as good as waiting.
	later := func(d time.Duration) {
		for _, b := range tabs {
			eval[bool](b, fmt.Sprintf(`Date.now = (now => () => now() + %d)(Date.now), true`, d.Milliseconds()))
		}
	}
	later(floor)
	before := f.polls()
	for range 10 {
		eval[bool](tabs[0], `dispatchEvent(new Event("focus"))`)
	}
	until(t, "the question of who has come back", func() bool { return f.polls() > before })
	time.Sleep(time.Second)
	if n := f.polls() - before; n != 1 {
		t.Errorf("coming back ten times in a row asks %d times, want once", n)
	}

	// The stock client of another page tells of its own polls, twice a second.
	start, before := time.Now(), f.polls()
	for time.Since(start) < 2*floor {
		eval[bool](tabs[1], stock("getSession")+`; true`)
		time.Sleep(500 * time.Millisecond)
	}
	if n, most := f.polls()-before, int(time.Since(start)/floor)+2; n > most || n == 0 {
		t.Errorf("%v of the stock client's news make %d questions, want 1 to %d", time.Since(start).Round(time.Second), n, most)
	}

	// All five come back online at once.
	time.Sleep(time.Second) // for the last of those questions
	later(floor)
	before = f.polls()
	for _, b := range tabs {
		eval[bool](b, `dispatchEvent(new Event("online"))`)
	}
	until(t, "the question after coming online", func() bool { return f.polls() > before })
	time.Sleep(2 * time.Second)
	if n := f.polls() - before; n > 2 {
		t.Errorf("five tabs that come online ask %d times, want them to share the answer", n)
	}
}

const floor = 5 * time.Second

// A sign-in costs one question, and our own message to the stock client makes
// no other.
func TestASignInIsOneQuestion(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	first := newTab(t)
	first.open(f.url + "/signin")
	second := first.another()
	second.open(f.url + "/")
	time.Sleep(300 * time.Millisecond)
	if first.count("lead")+second.count("lead") != 0 {
		t.Error("a guest's page leads: it would poll for nobody, and keep a user's page from it")
	}
	first.signInAgain()
	second.says("You're signed in as " + demo.Email)
	time.Sleep(floor + time.Second)
	if n := f.polls(); n != 1 {
		t.Errorf("a sign-in made %d questions, want 1", n)
	}
	if first.count("lead")+second.count("lead") == 0 {
		t.Error("no tab of the user leads")
	}
}

// The end of a session is asked about once, not by each tab and not each
// second, though the answer is slow.
func TestTheEndIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_MAX_AGE", "8s", "SESSION_RENEW_AFTER", "1s", "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off", "SESSION_POLL_KEEPS_ALIVE", "false")
	first := newTab(t)
	first.signIn(f.url)
	second, third := first.another(), first.another()
	second.open(f.url + "/dashboard")
	third.open(f.url + "/dashboard")
	before, held := f.polls(), f.hold("/auth/session")
	received(t, "a question before the end", held.arrived)
	time.Sleep(10 * time.Second)        // past the end
	if n := f.polls() - before; n > 6 { // as it nears, and when it is there
		t.Errorf("three tabs asked %d times about one end, want each at most twice", n)
	}
	for i, b := range []tab{first, second, third} {
		if !b.hidden() {
			t.Errorf("tab %d is shown past the end of its session", i)
		}
	}
	f.release("/auth/session")
	first.arrives(signedOutFrom("/dashboard", "expired"))
	third.arrives(signedOutFrom("/dashboard", "expired"))
}

// What the user does in one window keeps the others from warning of an end
// that has moved.
func TestActivityInAnotherWindowMovesTheEndHere(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_MAX_AGE", "24s", "SESSION_RENEW_AFTER", "1s", "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off", "SESSION_POLL_KEEPS_ALIVE", "false")
	first := newTab(t)
	first.signIn(f.url)
	eval[bool](first, `window.said = []; document.addEventListener("session:status", () => said.push(document.querySelector("#session-notice p").textContent)); true`)
	second := first.another()
	for range 5 {
		time.Sleep(6 * time.Second) // a quarter of it; the page speaks up after half
		second.open(f.url + "/account/sessions")
		if first.hidden() {
			t.Fatal("the page is hidden though its session goes on")
		}
	}
	for _, said := range eval[[]string](first, `said`) {
		if said != "" {
			t.Errorf("the page says %q though its session goes on", said)
		}
	}
	first.shows("Welcome")
}

// A question that fails in one tab is put again by the one that leads.
func TestALostConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	first := newTab(t)
	first.signIn(f.url)
	first.comes("lead")
	second := first.another()
	second.open(f.url + "/dashboard")
	held := f.hold("/auth/session")
	eval[bool](second, `import("/static/session.js").then((m) => void m.getSession()), true`)
	received(t, "the question", held.arrived)
	eval[bool](second, `window.stop(); true`) // the Stop button
	first.says(connectionLost)
	f.release("/auth/session")
	first.says("")
	second.says("")
}

// Of what happens while a tab is hidden it shows nothing, but it knows that it
// must ask.
func TestAHiddenTabAsksWhenItComesBack(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	first := newTab(t)
	first.signIn(f.url)
	second := first.another()
	second.open(f.url + "/")

	// The stock client of another page signs out.
	eval[bool](first, seen("hidden")+`; true`)
	held := f.hold("/auth/session")
	eval[bool](second, stock("signout")+`; true`)
	received(t, "the question of the tab in view", held.arrived)
	until(t, "the hidden page has heard", first.hidden)
	eval[bool](first, seen("visible")+`; true`)
	time.Sleep(300 * time.Millisecond)
	if !first.hidden() {
		t.Error("a page that was told of a sign-out is shown before it has asked")
	}
	f.release("/auth/session")
	until(t, "the page is shown, for nobody had signed out", func() bool { return !first.hidden() })

	// It signs in: the sign-in page moves on when somebody looks at it.
	eval[bool](second, `document.body.append(Object.assign(document.createElement("form"), { method: "post", action: "/signout", id: "out" })), document.getElementById("out").submit(), true`)
	second.arrives("/signin?reason=signout")
	first.arrives(signedOutFrom("/dashboard", "tab"))
	eval[bool](first, seen("hidden")+`; true`)
	eval[int](second, signInByAPI, chromedp.EvalAwaitPromise)
	eval[bool](second, `window.sent = `+stock("getSession")+`; true`)
	eval[bool](first, seen("visible")+`; true`)
	first.arrives("/dashboard")
}

// Tabs that are leafed through open no streams; the one that stays in view does.
func TestLeafingThroughTabsOpensNoStreams(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h")
	b := newTab(t)
	b.signIn(f.url)
	b.comes("push open")
	f.mu.Lock()
	before := f.asked["GET /auth/events"]
	f.mu.Unlock()
	for range 10 {
		eval[bool](b, seen("hidden")+`; true`)
		eval[bool](b, seen("visible")+`; true`)
	}
	until(t, "the stream is open again", func() bool { return b.count("push open") >= 2 })
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := f.asked["GET /auth/events"] - before; n > 2 {
		t.Errorf("ten looks at a tab opened %d streams, want one", n)
	}
}
