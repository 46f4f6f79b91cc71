package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// at waits until the tab shows a path with a fragment.
func (b tab) at(path, fragment string) {
	b.t.Helper()
	var at string
	until(b.t, path+fragment, func() bool {
		var err error
		at, err = chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname + location.hash : ""`))
		return err == nil && at == path+fragment
	})
}

// The part of a page that somebody wanted is theirs after the sign-in too: at
// once, after a wrong password, by way of the sign-up page, in a tab that moves on
// by itself, and in one that was signed out.
func TestAFragmentSurvivesTheSignIn(t *testing.T) {
	bothStrategies(t, func(t *testing.T, strategy string) {
		f := newFront(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1h")
		first := newTab(t)
		first.open(f.url + "/account/sessions#part%20two")
		first.arrives("/signin?callbackUrl=%2Faccount%2Fsessions%23part%2520two")
		second := first.another()
		second.open(f.url + "/dashboard#here")
		second.arrives("/signin?callbackUrl=%2Fdashboard%23here")
		first.fill("#email", demo.Email)
		first.fill("#password", "not the password")
		first.click("main form [type=submit]")
		until(t, "the error", func() bool { return eval[bool](first, `document.querySelector("#password")?.value === ""`) })
		first.fill("#password", demo.Password)
		first.click("main form [type=submit]")
		first.at("/account/sessions", "#part%20two")
		second.at("/dashboard", "#here")

		first.signOut()
		first.arrives("/signin?reason=signout")
		second.arrives("/signin?callbackUrl=%2Fdashboard%23here&reason=tab")
		second.click(`main a[href^="/signup"]`)
		until(t, "the sign-up page", func() bool { return eval[bool](second, `!!document.querySelector("#name")`) })
		second.fill("#name", "Ada Lovelace")
		second.fill("#email", "ada@example.com")
		second.fill("#password", "seven quiet ships at noon")
		second.click("main form [type=submit]")
		second.at("/dashboard", "#here")
		second.clean("422")
	})
}

// A fragment that no server would take does not cost the rest of the address.
func TestAnOddFragmentLosesNoPath(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h")
	for fragment, want := range map[string]string{
		`#100%`: "#100%25", `#a\\b`: "#a%5Cb", `#/route/two`: "#/route/two", `#ü`: "#%C3%BC", `#a#b`: "#a%23b", `#" + "x".repeat(3000) + "`: "",
	} {
		b := newTab(t)
		eval[bool](b, `setTimeout(() => location.assign("`+f.url+`/account/sessions`+fragment+`")) > 0`)
		until(t, "the sign-in page", func() bool {
			got, err := chromedp.Run(b.Tab, chromedp.Evaluate[bool](`location.pathname === "/signin" && document.readyState === "complete"`))
			return err == nil && got
		})
		b.fill("#email", demo.Email)
		b.fill("#password", demo.Password)
		b.click("main form [type=submit]")
		b.at("/account/sessions", want)
	}
}
