package web_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

func TestTheThemeIsChosenWithoutJavaScript(t *testing.T) {
	b := webtest.OnMemory(t).SignUp("ada@example.com")
	b.Get("/dashboard").Shows(200, `<html lang="en">`)
	for _, theme := range []string{"dark", "light"} {
		b.Post("/account/appearance", "theme", theme, "callbackUrl", "/dashboard").RedirectsTo("/dashboard").
			Shows(200, `<html lang="en" data-theme="`+theme+`">`)
		b.Get("/signout").Shows(200, `data-theme="`+theme+`"`)
	}
	b.Post("/account/appearance", "callbackUrl", "/account/appearance").RedirectsTo("/account/appearance").Shows(200, `<html lang="en">`)
}

// The cookie comes back to the server from the browser, who may write anything.
func TestAThemeIsOneOfThoseThereAre(t *testing.T) {
	b := webtest.OnMemory(t).SignUp("ada@example.com")
	for _, hostile := range []string{`"><script>`, "dark light", "DARK"} {
		b.Post("/account/appearance", "theme", hostile).RedirectsTo("/account/appearance").Shows(200, `<html lang="en">`)
		b.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{{Name: "theme", Value: "x" + hostile[1:]}})
		b.Get("/dashboard").Shows(200, `<html lang="en">`)
	}
	b.Post("/account/appearance", "theme", "dark", "callbackUrl", "https://evil.example/").RedirectsTo("/account/appearance")
}

func TestTheProfileIsSaved(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		b := w.SignUp(webtest.Email(t))
		b.Post("/account", "name", "  محمد علي ").RedirectsTo("/account").Shows(200, "Your profile is saved.", `value="محمد علي"`)
		b.Get("/dashboard").Shows(200, "<bdi>محمد علي</bdi>")
		b.Post("/account", "name", "Ada\u202e").Shows(422, "field-error", "no control characters")
		b.Get("/dashboard").Shows(200, "<bdi>محمد علي</bdi>")
	})
}

// formTab is a tab on the sign-in page of a site that has the demo account.
func formTab(t *testing.T, path string) webtest.Tab {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	b := w.OpenTab()
	b.Open(path)
	return b
}

func evaluate[T any](t *testing.T, b webtest.Tab, js string) T {
	t.Helper()
	got, err := chromedp.Run(b.Tab, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return got
}

// A double click is one sign-in.
func TestAFormIsSentOnce(t *testing.T) {
	b := formTab(t, "/signin")
	got := evaluate[[]any](t, b, `(() => {
		const form = document.querySelector("form.form"), button = form.querySelector("[type=submit]");
		let sent = 0;
		addEventListener("submit", (e) => { if (!e.defaultPrevented) sent++; e.preventDefault(); }); // after app.js, which is on document
		button.click(); button.click(); form.requestSubmit(button);
		const during = [sent, form.getAttribute("aria-busy"), button.textContent.trim()];
		dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); // back by the back button
		return during.concat([form.getAttribute("aria-busy"), button.textContent.trim()]);
	})()`)
	want := []any{1.0, "true", "Signing in…", nil, "Sign in"}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("sent, busy, label, and after coming back busy, label = %v, want %v", got, want)
		}
	}
	b.Clean()
}

func TestThePasswordIsCountedAsItIsTyped(t *testing.T) {
	b := formTab(t, "/signup")
	for typed, want := range map[string]string{"": "", "a": "1 of 15", "🔑🔑🔑": "3 of 15", "correct horse battery": "21 characters"} {
		b.Do("type", chromedp.Evaluate[chromedp.Void](`(() => {
			const input = document.querySelector("#password");
			input.value = "`+typed+`";
			input.dispatchEvent(new Event("input"));
		})()`))
		if got := evaluate[string](t, b, `document.querySelector("[data-count]").textContent`); got != want {
			t.Errorf("with %q typed the count is %q, want %q", typed, got, want)
		}
	}
	if got := evaluate[string](t, b, "document.activeElement.id"); got != "name" {
		t.Errorf("the focus is in %q, want it in the first field", got)
	}
	b.Clean()
}

// A time that a script puts into the page later is kept true as well.
func TestTimesKeepTicking(t *testing.T) {
	b := formTab(t, "/signin")
	b.Do("add a time", chromedp.Evaluate[chromedp.Void](`(() => {
		const box = document.createElement("p");
		box.innerHTML = '<time data-ago datetime="' + new Date(Date.now() - 9000000).toISOString() + '">old words</time>';
		document.querySelector("main").append(box);
	})()`))
	if got := evaluate[string](t, b, `document.querySelector("time").textContent`); got != "2 hours ago" {
		t.Errorf("the time says %q, want 2 hours ago", got)
	}
	b.Clean()
}
