package main

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
)

// network cuts a tab's network or brings it back, and tells the page as a
// browser does.
func (b tab) network(on bool) {
	b.t.Helper()
	conditions := []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}}
	command(b, network.Enable, network.EnableParams{})
	command(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: conditions})
	command(b, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1})
}

const connectionLost = "You're offline. Reconnecting"

// Offline is no sign-out: the page stays, says so, asks nobody, and notices by
// itself when the network is back. What happened meanwhile is found out then.
func TestOfflineAndBack(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
		b := newTab(t)
		b.signIn(f.url)
		b.comes("push open")
		b.network(false)
		b.says(connectionLost)
		asked := b.count("ask")
		time.Sleep(2500 * time.Millisecond)
		if more := b.count("ask") - asked; more > 1 { // one may have been planned
			t.Errorf("the page asked %d times while offline, want it to wait", more)
		}
		if !b.sees("Welcome") {
			t.Error("the page has gone while offline")
		}
		b.network(true)
		b.says("")
		answers := b.count("answer")
		until(t, "two more polls", func() bool { return b.count("answer") >= answers+2 })
		b.shows("Demo")

		b.network(false)
		b.says(connectionLost)
		other := b.stranger()
		other.signIn(f.url)
		other.open(f.url + "/account/sessions")
		other.signOutOthers()
		other.comesToShow("All other devices are signed out.")
		b.says(connectionLost)
		b.network(true)
		b.arrives(signedOutFrom("/dashboard", "everywhere"))
	})
}

// A deployment in between signs nobody out, also in a tab that polls into it.
func TestARestartInBetweenSignsNobodyOut(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
		b := newTab(t)
		b.signIn(f.url)
		second := b.another()
		second.open(f.url + "/account/sessions")
		b.comes("push open")
		f.down() // waits for the program's end: an open stream must not keep it
		b.says(connectionLost)
		second.says(connectionLost)
		f.run()
		b.says("")
		second.says("")
		until(t, "the stream is open again, in whatever tab leads now", func() bool { return b.count("push open")+second.count("push open") > 1 })
		if !b.sees("Welcome") || !second.sees("signed in now") {
			t.Error("a restart took a page away")
		}
		second.open(f.url + "/dashboard")
		second.shows("Demo")
		b.clean("502", "auth/events", "auth/session")

		// The new program tells of an ending as the old one did.
		b.comes("lead")
		other := b.stranger()
		other.signIn(f.url)
		other.open(f.url + "/account/sessions")
		other.signOutOthers()
		b.arrives(signedOutFrom("/dashboard", "everywhere"))
	})
}

// Without JavaScript the pages work, and expire with the next request.
func TestWithoutJavaScript(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_MAX_AGE", "20s", "SESSION_RENEW_AFTER", "1s")
		phone := newTab(t)
		laptop := phone.stranger()
		for _, b := range []tab{phone, laptop} {
			command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		}
		phone.open(f.url + "/account/sessions")
		phone.arrives("/signin?callbackUrl=%2Faccount%2Fsessions")
		phone.fill("#email", demo.Email)
		phone.fill("#password", demo.Password)
		phone.click("main form [type=submit]")
		phone.arrives("/account/sessions")
		phone.shows("signed in on this device only")
		laptop.open(f.url + "/signin")
		laptop.fill("#email", demo.Email)
		laptop.fill("#password", demo.Password)
		laptop.click("main form [type=submit]")
		laptop.arrives("/dashboard")

		laptop.open(f.url + "/account/sessions")
		laptop.click(`form[action*="/end"] button`)
		laptop.comesToShow("The device is signed out.")
		phone.open(f.url + "/dashboard")
		phone.arrives(signedOutFrom("/dashboard", "device"))
		phone.shows("signed out from another device")

		laptop.click(".me") // opens without JavaScript, too
		laptop.click("#user-menu [action='/signout'] button")
		laptop.arrives("/signin?reason=signout")
		laptop.open(f.url + "/dashboard")
		laptop.arrives("/signin?callbackUrl=%2Fdashboard")
		if n := f.polls(); n > 0 {
			t.Errorf("%d polls were made without JavaScript; this test proves nothing", n)
		}
	})
}
