package web_test

import (
	"testing"

	"latchkey/internal/web/webtest"
)

// A page is compressed only for guests: nothing of theirs can leak by its length.
func TestOnlyPagesOfGuestsAreCompressed(t *testing.T) {
	w := webtest.OnMemory(t)
	guest, ada := w.Browser(), w.SignUp("ada@example.com")
	for _, b := range []*webtest.Browser{guest, ada} {
		b.Header.Set("Accept-Encoding", "gzip")
	}
	for path, want := range map[string]string{"/": "gzip", "/signin": "gzip"} {
		if got := guest.Get(path).Header; got.Get("Content-Encoding") != want || got.Get("Vary") != "Cookie, Accept-Encoding" {
			t.Errorf("%s for a guest: encoding %q, Vary %q, want %q, Cookie, Accept-Encoding", path, got.Get("Content-Encoding"), got.Get("Vary"), want)
		}
	}
	for _, path := range []string{"/", "/dashboard", "/account/sessions", "/auth/session", "/nowhere"} {
		if got := ada.Get(path).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s for a user is in %q, want it plain", path, got)
		}
	}
}
