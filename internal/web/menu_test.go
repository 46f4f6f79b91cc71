package web_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

const menuOpen = `document.querySelector("#user-menu").matches(":popover-open")`

// widths are those of the narrowest phone, a common one, and a desk.
var widths = []int64{280, 390, 1280}

// The menu opens by keyboard, is walked through with Tab, and gives the keyboard
// back when Escape closes it.
func TestTheMenuWorksByKeyboard(t *testing.T) {
	t.Parallel()
	b := fullHouse(t, 2)
	for _, width := range widths {
		b.Do("a window", chromedp.EmulateViewport(width, 700))
		b.Open("/dashboard")
		b.Do("open the menu", chromedp.Evaluate[chromedp.Void](`document.querySelector(".me").focus()`), chromedp.KeyEvent(kb.Enter))
		if !evaluate[bool](t, b, menuOpen) {
			t.Fatalf("%d px: Enter does not open the menu", width)
		}
		var names []string
		for range 6 {
			b.Do("go on", chromedp.KeyEvent(kb.Tab))
			names = append(names, evaluate[string](t, b, `document.activeElement.closest("#user-menu") ? document.activeElement.textContent.trim() : "outside"`))
		}
		want := []string{"Profile", "Security", "System", "Light", "Dark", "Sign out"}
		for i := range want {
			if names[i] != want[i] {
				t.Errorf("%d px: Tab leads through %q, want %q", width, names, want)
				break
			}
		}
		if box := evaluate[[]float64](t, b, `(r => [r.left, r.right, r.top, r.bottom])(document.querySelector("#user-menu").getBoundingClientRect())`); box[0] < 0 || box[1] > float64(width) || box[2] < 0 || box[3] > 700 {
			t.Errorf("%d px: the menu is at %v, want all of it in the window", width, box)
		}
		b.Do("close it", chromedp.KeyEvent(kb.Escape))
		if evaluate[bool](t, b, menuOpen) || !evaluate[bool](t, b, `document.activeElement.matches(".me")`) {
			t.Errorf("%d px: after Escape the menu is open %t, the keyboard at %s, want it closed and the keyboard at its button", width,
				evaluate[bool](t, b, menuOpen), evaluate[string](t, b, `document.activeElement.outerHTML.slice(0, 80)`))
		}
	}
	b.Clean()
}

// Without JavaScript the menu opens, changes the theme and signs out.
func TestTheMenuNeedsNoJavaScript(t *testing.T) {
	t.Parallel()
	b := fullHouse(t, 2)
	b.Do("turn scripts off", webtest.Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	choose := func(width int64, value string) {
		b.Do("choose the theme "+value, chromedp.Click(chromedp.CSS(".me")), chromedp.Click(chromedp.CSS(`#user-menu [value="`+value+`"]`)))
		pressed := func() bool { // in the middle of a navigation there is no page to ask
			is, _ := chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" &&
				document.querySelector("#user-menu [aria-pressed=true]").value + "/" + (document.documentElement.dataset.theme ?? "")`))
			return is == value+"/"+value
		}
		if !webtest.Eventually(pressed) {
			t.Errorf("%d px: the page is not %q after the choice in the menu", width, value)
		}
	}
	for _, width := range widths {
		b.Do("a window", chromedp.EmulateViewport(width, 700))
		b.Open("/account/sessions")
		choose(width, "dark")
		choose(width, "")
	}
	b.Do("sign out", chromedp.Click(chromedp.CSS(".me")), chromedp.Click(chromedp.CSS(`#user-menu [action="/signout"] button`)))
	b.ComesTo("/signin", "Sign in")
	b.Clean()
}

// A user who has to choose a device sees how to go on, also on a small phone and
// however many devices there are.
func TestTheLimitPageHasItsButtonAboveTheFold(t *testing.T) {
	t.Parallel()
	for _, devices := range []int{1, 5, 40} {
		w := webtest.OnMemory(t)
		w.Auth.Limit, w.Auth.Policy = devices, auth.PolicyDeny
		w.Deploy()
		const ada = "ada@example.com"
		w.SignUp(ada)
		for range devices - 1 {
			w.Browser().Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
		}
		b := w.OpenTab()
		b.Do("a small phone", chromedp.EmulateViewport(360, 640))
		b.Open("/signin")
		b.SignIn(ada)
		b.ComesTo("/signin", "You've reached your limit")
		if bottom := evaluate[float64](t, b, `document.querySelector("main form [type=submit]").getBoundingClientRect().bottom`); bottom > 640 {
			t.Errorf("%d devices: the button ends at %.0f px, want it in a window of 640", devices, bottom)
		}
		if chosen := evaluate[bool](t, b, `document.querySelector("main [type=radio]").checked`); !chosen {
			t.Errorf("%d devices: the first one, not used for longest, is not chosen", devices)
		}
		b.Do("go on", chromedp.Click(chromedp.CSS("main form [type=submit]")))
		b.ComesTo("/dashboard", "Welcome")
	}
}
