package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/testenv"
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
	w := newWorld(t, memory{accountstest.NewStore()}, "jwt")
	b := tab{testenv.Browser(t, chromedp.IgnoreCertErrors), t, w.front.URL}
	b.open("/signup")
	// What the field is when the form is on its way, kept for the page after it.
	b.do("watch the form", chromedp.Evaluate[chromedp.Void](`document.addEventListener("submit", () =>
		sessionStorage.setItem("sent as", document.querySelector("#password").type))`))
	press := func(keys string, want field) {
		t.Helper()
		b.do("press keys", chromedp.KeyEvent(keys))
		got, err := chromedp.Run(b.Tab, chromedp.Evaluate[field](readField))
		if err != nil || got != want {
			t.Errorf("after the keys %q the field is %+v (%v), want %+v", keys, got, err, want)
		}
	}
	b.do("begin", chromedp.Focus(chromedp.CSS("#name")))
	press("Ada Lovelace"+kb.Tab, field{Type: "password", Button: "Show password", Focused: "email"})
	press("ada@example.com"+kb.Tab, field{Type: "password", Button: "Show password", Focused: "password"})
	press(testPassword, field{"password", testPassword, "Show password", "", "password"})
	press(kb.Tab, field{"password", testPassword, "Show password", "", "the button"})
	press(" ", field{"text", testPassword, "Hide password", "Your password is shown.", "the button"})
	press(kb.Enter, field{"password", testPassword, "Show password", "Your password is hidden.", "the button"})
	press(" ", field{"text", testPassword, "Hide password", "Your password is shown.", "the button"})
	b.do("send the form", chromedp.KeyEvent(kb.Tab+kb.Enter))
	b.comesTo("/dashboard", "Ada Lovelace")
	sent, err := chromedp.Run(b.Tab, chromedp.Evaluate[string](`sessionStorage.getItem("sent as")`))
	if err != nil || sent != "password" {
		t.Errorf("the password was sent from a field of type %q (%v), want it hidden: browsers remember what is shown", sent, err)
	}
	b.clean()
}

// A password manager sets values and sends events; it presses no keys.
func TestAPasswordManagerCanPasteAndFill(t *testing.T) {
	w := newWorld(t, memory{accountstest.NewStore()}, "jwt")
	w.signUp("ada@example.com")
	b := tab{testenv.Browser(t, chromedp.IgnoreCertErrors), t, w.front.URL}
	b.open("/signin")
	blocked, err := chromedp.Run(b.Tab, chromedp.Evaluate[int](`["email", "password"].filter((id) => !document.getElementById(id)
		.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() }))).length`))
	if err != nil || blocked != 0 {
		t.Errorf("%d fields refuse what is pasted (%v), want none", blocked, err)
	}
	b.do("fill in", chromedp.Evaluate[chromedp.Void](`for (const [token, value] of [["username", "ada@example.com"], ["current-password", "`+testPassword+`"]]) {
		const input = document.querySelector("form [autocomplete=" + token + "]");
		input.value = value;
		for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
	}`), chromedp.Evaluate[chromedp.Void](`document.querySelector("#password").form.requestSubmit()`))
	b.comesTo("/dashboard", "Ada Lovelace")
	b.clean()
}
