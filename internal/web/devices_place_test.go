package web_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

// fullHouse is an account with n devices, and a tab that is one of them.
func fullHouse(t *testing.T, n int) webtest.Tab {
	w := webtest.OnMemory(t)
	w.Auth.Limit = n
	w.Deploy()
	const ada = "ada@example.com"
	w.SignUp(ada)
	for range n - 2 {
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	}
	b := w.OpenTab()
	b.Open("/signin")
	b.SignIn(ada)
	b.ComesTo("/dashboard", "Welcome")
	return b
}

// Forty devices take two screens, and the rest is one link away.
func TestALongListOfDevices(t *testing.T) {
	b := fullHouse(t, 40)
	b.Do("a phone", chromedp.EmulateViewport(390, 844))
	b.Open("/account/sessions")
	if height := evaluate[float64](t, b, "document.documentElement.scrollHeight"); height > 2*844 {
		t.Errorf("the page is %.0f px high, want at most two screens of 844", height)
	}
	tall := evaluate[[]string](t, b, `[...document.querySelectorAll(".device")].map((e) => e.offsetHeight).filter((h) => h > 64).map(String)`)
	if len(tall) > 0 {
		t.Errorf("rows are %v px high, want at most 64", tall)
	}
	b.Do("show more", chromedp.Click(chromedp.CSS(`[href^="/account/sessions?show="]`)))
	b.ComesTo("/account/sessions", "40 of 40")
	if rows := evaluate[int](t, b, `document.querySelectorAll(".device").length`); rows != 40 {
		t.Errorf("after Show 30 more there are %d rows, want 40", rows)
	}
	b.Clean()
}

// Signing out a device far down leaves the reader where they were.
func TestThePlaceInTheListIsKept(t *testing.T) {
	b := fullHouse(t, 40)
	b.Open("/account/sessions?show=40")
	next := evaluate[string](t, b, `document.querySelectorAll(".device")[31].id`)
	b.Do("sign out row 31", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll(".device")[30].querySelector("button").click()`))
	b.ComesTo("/account/sessions", "39 of 40")
	want := fmt.Sprint([]any{"#" + next, 39, true})
	var got string
	for deadline := time.Now().Add(10 * time.Second); got != want && time.Now().Before(deadline); { // the browser scrolls there when the page has settled
		got = fmt.Sprint(evaluate[[]any](t, b, `[location.hash, document.querySelectorAll(".device").length, (() => {
			const box = document.getElementById("`+next+`").getBoundingClientRect();
			return box.top >= 0 && box.bottom <= innerHeight;
		})()]`))
	}
	if got != want {
		t.Errorf("the place, the rows and whether the neighbour is in view = %v, want %v", got, want)
	}
	b.Clean()
}
