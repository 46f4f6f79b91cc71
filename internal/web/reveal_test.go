package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/web/webtest"
)

// field is what a person, a screen reader and a password manager see of the
// password.
type field struct {
	Type, Value  string
	Button, Said string // the button's name, and what is read out
	Focused      string // id or data-reveal of where the keyboard is
}

const readField = `(() => {
	const input = document.querySelector("#password"), button = document.querySelector("[data-reveal]"), at = document.activeElement;
	return { type: input.type, value: input.value, button: button.textContent, said: document.querySelector(".secret [role=status]").textContent,
		focused: at.dataset.reveal ? "the button" : at.id };
})()`

// The whole of signing up by keyboard, with a look at the password on the way.
func TestAPasswordIsShownAndHiddenByKeyboard(t *testing.T) {
	w := webtest.New(t, webtest.NewMemory(), "jwt")
	b := w.OpenTab()
	b.Open("/signup")
	// What the field is when the form is on its way, kept for the page after it.
	b.Do("watch the form", chromedp.Evaluate[chromedp.Void](`document.addEventListener("submit", () =>
		sessionStorage.setItem("sent as", document.querySelector("#password").type))`))
	press := func(keys string, want field) {
		t.Helper()
		b.Do("press keys", chromedp.KeyEvent(keys))
		got, err := chromedp.Run(b.Tab, chromedp.Evaluate[field](readField))
		if err != nil || got != want {
			t.Errorf("after the keys %q the field is %+v (%v), want %+v", keys, got, err, want)
		}
	}
	b.Do("begin", chromedp.Focus(chromedp.CSS("#name")))
	press("Ada Lovelace"+kb.Tab, field{Type: "password", Button: "Show password", Focused: "email"})
	press("ada@example.com"+kb.Tab, field{Type: "password", Button: "Show password", Focused: "password"})
	press(webtest.Password, field{"password", webtest.Password, "Show password", "", "password"})
	press(kb.Tab, field{"password", webtest.Password, "Show password", "", "the button"})
	press(" ", field{"text", webtest.Password, "Hide password", "Your password is shown.", "the button"})
	press(kb.Enter, field{"password", webtest.Password, "Show password", "Your password is hidden.", "the button"})
	press(" ", field{"text", webtest.Password, "Hide password", "Your password is shown.", "the button"})
	b.Do("send the form", chromedp.KeyEvent(kb.Tab+kb.Enter))
	b.ComesTo("/dashboard", "Ada Lovelace")
	sent, err := chromedp.Run(b.Tab, chromedp.Evaluate[string](`sessionStorage.getItem("sent as")`))
	if err != nil || sent != "password" {
		t.Errorf("the password was sent from a field of type %q (%v), want it hidden: browsers remember what is shown", sent, err)
	}
	b.Clean()
}

// A password manager sets values and sends events; it presses no keys.
func TestAPasswordManagerCanPasteAndFill(t *testing.T) {
	w := webtest.New(t, webtest.NewMemory(), "jwt")
	w.SignUp("ada@example.com")
	b := w.OpenTab()
	b.Open("/signin")
	blocked, err := chromedp.Run(b.Tab, chromedp.Evaluate[int](`["email", "password"].filter((id) => !document.getElementById(id)
		.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() }))).length`))
	if err != nil || blocked != 0 {
		t.Errorf("%d fields refuse what is pasted (%v), want none", blocked, err)
	}
	b.Do("fill in", chromedp.Evaluate[chromedp.Void](`for (const [token, value] of [["username", "ada@example.com"], ["current-password", "`+webtest.Password+`"]]) {
		const input = document.querySelector("form [autocomplete=" + token + "]");
		input.value = value;
		for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
	}`), chromedp.Evaluate[chromedp.Void](`document.querySelector("#password").form.requestSubmit()`))
	b.ComesTo("/dashboard", "Ada Lovelace")
	b.Clean()
}
