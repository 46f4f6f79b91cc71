package web_test

import (
	"testing"

	"latchkey/internal/web/webtest"
)

// LG-4: Firefox sends the domain as it was typed, Chromium sends it as punycode.
func TestAnAddressIsOneAccountInAllBrowsers(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		w.Browser().Post("/signup", "email", "ada@MÜNCHEN.example", "password", webtest.Password).RedirectsTo("/dashboard").
			Shows(200, "ada@münchen.example")
		w.Browser().Post("/signup", "email", "ada@xn--mnchen-3ya.example", "password", "nine loud trains at dusk").
			Shows(422, "already has an account")
		w.Browser().Post("/signin", "email", "ada@xn--mnchen-3ya.example", "password", webtest.Password).RedirectsTo("/dashboard").
			Shows(200, "ada@münchen.example")
	})
}
