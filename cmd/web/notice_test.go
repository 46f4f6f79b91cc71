package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// offers waits until the notice has a button with this label; "" = none.
func (b tab) offers(label string) {
	b.t.Helper()
	until(b.t, "the button "+label, func() bool {
		return eval[string](b, `(button => button.hidden ? "" : button.textContent)(document.querySelector("[data-act]"))`) == label
	})
}

func TestALostConnectionCanBeTriedNow(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
		b := newTab(t)
		b.signIn(f.url)
		b.comes("lead")
		b.offers("")
		f.answerInstead((&refusal{status: 503, after: func() string { return "600" }}).ServeHTTP, "/auth/session")
		eval[bool](b, `import("/static/session.js").then((m) => void m.getSession()), true`)
		b.says(connectionLost)
		b.offers("Try now")

		// Dismissed, it stays away until the connection is lost another time.
		b.click("[data-dismiss]")
		b.says("")
		b.offers("")
		eval[bool](b, `document.dispatchEvent(new Event("session:status"))`)
		b.says("")
		f.answerInstead(nil, "/auth/session")
		eval[bool](b, `import("/static/session.js").then((m) => m.getSession()).then(() => true)`, chromedp.EvalAwaitPromise)
		f.answerInstead((&refusal{status: 503, after: func() string { return "600" }}).ServeHTTP, "/auth/session")
		eval[bool](b, `import("/static/session.js").then((m) => void m.getSession()), true`)
		b.says(connectionLost)

		f.answerInstead(nil, "/auth/session")
		b.click("[data-act]") // whatever the server wants: somebody asks
		b.says("")
		b.offers("")
	})
}

// A page that is not private says who is signed in now, and is fetched anew when
// its reader wants that.
func TestThePageSaysWhoIsSignedInNow(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h")
		first := newTab(t)
		first.open(f.url + "/signup")
		second := first.another()
		second.open(f.url + "/#part")
		first.signUp("ada@example.com")
		second.says("You're signed in as ada@example.com now.")
		second.offers("Reload")
		second.click("[data-act]")
		until(t, "the page of Ada", func() bool { return eval[string](second, `document.body?.dataset.user ?? ""`) == "ada@example.com" })

		first.signOut()
		first.arrives("/signin?reason=signout")
		second.says("You're signed out.")
		second.offers("Reload")
		first.signInAgain()
		second.says(demo.Email + " is signed in now.")
		second.click("[data-act]")
		until(t, "the page of the demo user", func() bool { return eval[string](second, `document.body?.dataset.user ?? ""`) == demo.Email })
		second.says("")
	})
}

// signUp fills in the sign-up page that the tab is at.
func (b tab) signUp(email string) {
	b.t.Helper()
	b.fill("#name", "Ada Lovelace")
	b.fill("#email", email)
	b.fill("#password", "seven quiet ships at noon")
	b.click("main form [type=submit]")
	b.arrives("/dashboard")
}

// The countdown is seen each second and heard each minute.
func TestTheCountdownIsForEyesOnly(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	b := newTab(t)
	b.signIn(f.url)
	b.comes("lead")
	eval[bool](b, `import("/static/session.js").then((m) => {
		const ending = Date.now() + 75900;
		document.addEventListener("session:status", () => Object.assign(m.status, { ending, final: false }), true);
		document.dispatchEvent(new Event("session:status"));
		window.seen = []; window.heard = [];
		const look = () => { seen.push(document.querySelector("#session-notice p [aria-hidden]").textContent); heard.push(document.querySelector("#session-notice p .sr-only").textContent) };
		look();
		new MutationObserver(look).observe(document.querySelector("#session-notice p"), { childList: true, subtree: true, characterData: true });
		return true;
	})`, chromedp.EvalAwaitPromise)
	until(t, "three seconds", func() bool { return eval[int](b, `new Set(seen).size`) >= 3 })
	if got := eval[string](b, `seen[0]`); got != "You'll be signed out in 1:16." {
		t.Errorf("the countdown begins with %q, want 1:16", got)
	}
	if got := eval[[]string](b, `[...new Set(heard)]`); len(got) != 1 || got[0] != "You'll be signed out in 2 minutes." {
		t.Errorf("screen readers are told %q, want one thing for a minute", got)
	}
	b.offers("Stay signed in")
	b.click("[data-dismiss]")
	b.says("")
	b.offers("")
}
