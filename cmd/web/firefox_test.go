package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

// foxWindow is a window of Firefox as a person uses it.
type foxWindow struct {
	*testenv.Window
	t *testing.T
}

func (w foxWindow) text(js string) (text string) {
	w.t.Helper()
	_ = w.Try(&text, `return String(`+js+`)`) // fails while the page is on its way out
	return text
}

// arrives waits until the window shows an address, without its origin.
func (w foxWindow) arrives(at string) {
	w.t.Helper()
	until(w.t, at, func() bool {
		return w.text(`document.readyState === "complete" && location.pathname + location.search + location.hash`) == at
	})
}

func (w foxWindow) says(words string) {
	w.t.Helper()
	until(w.t, "the notice "+words, func() bool {
		said := w.text(`document.querySelector("#session-notice p").textContent`)
		return said == words || words != "" && strings.Contains(said, words)
	})
}

func (w foxWindow) signIn() {
	w.t.Helper()
	w.Evaluate(nil, `document.querySelector("#email").value = arguments[0]; document.querySelector("#password").value = arguments[1];
		setTimeout(() => document.querySelector("main form [type=submit]").click())`, demo.Email, demo.Password)
}

// signOut posts the sign-out form of the page, wherever its menu has it.
func (w foxWindow) signOut() {
	w.t.Helper()
	w.Evaluate(nil, `setTimeout(() => document.querySelector("form[action='/signout'] [type=submit]").click())`)
	w.arrives("/signin?reason=signout")
}

// What the tabs owe each other, in the other engine. Windows are all in view
// there, as they are on a wide screen.
func TestInFirefox(t *testing.T) {
	t.Parallel()
	firefox := testenv.Firefox(t)
	for name, settings := range map[string][]string{
		"push": {"SESSION_STRATEGY", "jwt", "SESSION_PUSH", "on", "SESSION_POLL_INTERVAL", "1h"},
		"poll": {"SESSION_STRATEGY", "database", "SESSION_PUSH", "off", "SESSION_POLL_INTERVAL", "1s"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t, settings...)
			first := foxWindow{firefox, t}
			second, third := foxWindow{firefox.NewWindow(), t}, foxWindow{firefox.NewWindow(), t}

			// A guest's deep link keeps its fragment; the other sign-in page moves on.
			first.Open(f.url + "/dashboard#part")
			first.arrives("/signin?" + url.Values{"callbackUrl": {"/dashboard#part"}}.Encode())
			second.Open(f.url + "/account/sessions")
			second.arrives("/signin?callbackUrl=%2Faccount%2Fsessions")
			first.signIn()
			first.arrives("/dashboard#part")
			second.arrives("/account/sessions")
			third.Open(f.url + "/")

			if name == "poll" {
				firefoxPollsAsOne(t, f)
			} else {
				until(t, "one stream is open", func() bool { return f.streams() >= 1 })
			}
			endElsewhere(t, f, first, second)

			// Signed out in one window, the others know.
			first.signIn()
			first.arrives("/dashboard#part")
			second.arrives("/account/sessions")
			first.signOut()
			second.arrives(signedOutFrom("/account/sessions", "tab"))
			third.says("You're signed out.")

			// The way back shows nothing private.
			first.Back()
			until(t, "the sign-in page", func() bool {
				if first.text(`getComputedStyle(document.querySelector("main")).visibility === "visible" && !!document.querySelector("[data-private=true] main")?.innerText.trim()`) == "true" {
					t.Error("the way back shows a private page")
				}
				return first.text(`location.pathname`) == "/signin"
			})

			// The leader closes, and another takes over.
			third.Open("about:blank")
			second.Open(f.url + "/signin")
			second.signIn()
			second.arrives("/dashboard")
			if name == "push" {
				streams := f.streams()
				until(t, "the leader's stream", func() bool { return f.streams() > streams })
			}
			first.Open(f.url + "/account/sessions")
			streams := f.streams()
			second.Close()
			if name == "push" {
				until(t, "the next leader's stream", func() bool { return f.streams() > streams })
			} else {
				firefoxPollsAsOne(t, f)
			}
			first.signOut()
			third.Close()
		})
	}
}

// firefoxPollsAsOne counts the polls of a while in which each window alone would
// ask once a second.
func firefoxPollsAsOne(t *testing.T, f *front) {
	t.Helper()
	before, start := f.polls(), time.Now()
	until(t, "three more polls", func() bool { return f.polls() >= before+3 })
	time.Sleep(time.Until(start.Add(4 * time.Second)))
	if n, seconds := f.polls()-before, time.Since(start).Seconds(); float64(n) > seconds*1.2+1 {
		t.Errorf("three windows made %d polls in %.1f s, want about one a second", n, seconds)
	}
}

// endElsewhere ends the session of the windows on another device.
func endElsewhere(t *testing.T, f *front, first, second foxWindow) {
	t.Helper()
	laptop := newTab(t)
	laptop.signIn(f.url)
	laptop.open(f.url + "/account/sessions")
	laptop.signOutOthers()
	laptop.comesToShow("All other devices are signed out.")
	laptop.open("about:blank") // where it polls no more
	first.arrives("/signin?" + url.Values{"callbackUrl": {"/dashboard#part"}, "reason": {"everywhere"}}.Encode())
	second.arrives(signedOutFrom("/account/sessions", "everywhere"))
}
