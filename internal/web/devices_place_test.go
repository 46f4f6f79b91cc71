package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// fullHouse is an account with n devices, and a tab that is one of them.
func fullHouse(t *testing.T, n int) tab {
	w := onMemory(t)
	w.cfg.Limit = n
	w.deploy()
	const ada = "ada@example.com"
	w.signUp(ada)
	for range n - 2 {
		w.browser().post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	}
	b := tab{testenv.Browser(t, chromedp.IgnoreCertErrors), t, w.front.URL}
	b.open("/signin")
	b.signIn(ada)
	b.comesTo("/dashboard", "Welcome")
	return b
}

// Forty devices take two screens, and the rest is one link away.
func TestALongListOfDevices(t *testing.T) {
	b := fullHouse(t, 40)
	b.do("a phone", chromedp.EmulateViewport(390, 844))
	b.open("/account/sessions")
	if height := evaluate[float64](t, b, "document.documentElement.scrollHeight"); height > 2*844 {
		t.Errorf("the page is %.0f px high, want at most two screens of 844", height)
	}
	tall := evaluate[[]string](t, b, `[...document.querySelectorAll(".device")].map((e) => e.offsetHeight).filter((h) => h > 64).map(String)`)
	if len(tall) > 0 {
		t.Errorf("rows are %v px high, want at most 64", tall)
	}
	b.do("show more", chromedp.Click(chromedp.CSS(`[href^="/account/sessions?show="]`)))
	b.comesTo("/account/sessions", "40 of 40")
	if rows := evaluate[int](t, b, `document.querySelectorAll(".device").length`); rows != 40 {
		t.Errorf("after Show 30 more there are %d rows, want 40", rows)
	}
	b.clean()
}

// Signing out a device far down leaves the reader where they were.
func TestThePlaceInTheListIsKept(t *testing.T) {
	b := fullHouse(t, 40)
	b.open("/account/sessions?show=40")
	next := evaluate[string](t, b, `document.querySelectorAll(".device")[31].id`)
	b.do("sign out row 31", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll(".device")[30].querySelector("button").click()`))
	b.comesTo("/account/sessions", "39 of 40")
	got := evaluate[[]any](t, b, `[location.hash, document.querySelectorAll(".device").length, (() => {
		const box = document.getElementById("`+next+`").getBoundingClientRect();
		return box.top >= 0 && box.bottom <= innerHeight;
	})()]`)
	if want := fmt.Sprint([]any{"#" + next, 39, true}); fmt.Sprint(got) != want {
		t.Errorf("the place, the rows and whether the neighbour is in view = %v, want %v", got, want)
	}
	b.clean()
}
