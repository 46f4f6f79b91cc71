package testenv

import "testing"

func TestFirefoxOpensAPage(t *testing.T) {
	srv, w := site(t), Firefox(t)
	w.Open(srv.URL)
	var title string
	w.Evaluate(&title, `return document.title`)
	if title != "A door" {
		t.Errorf("title = %q, want %q", title, "A door")
	}
	w.Open(srv.URL + "/login")
	other := w.NewWindow()
	other.Open(srv.URL + "/cookie")
	var text string
	other.Evaluate(&text, `return document.body.textContent`)
	if text != "cookie:key=brass" {
		t.Errorf("another window sends %q, want %q", text, "cookie:key=brass")
	}
	if got := other.Cookies()["key"]; got != "brass" {
		t.Errorf("Cookies()[key] = %q, want brass", got)
	}
	other.Close()
	w.Open(srv.URL)
	w.Back()
	w.Evaluate(&text, `return location.pathname`)
	if text != "/login" {
		t.Errorf("Back leads to %q, want /login", text)
	}
	if err := w.Try(nil, `throw new Error("rusty")`); err == nil {
		t.Error("Try of a script that throws = nil, want its error")
	}
}

func TestEveryWindowOfFirefoxIsInView(t *testing.T) {
	srv, w := site(t), Firefox(t)
	w.Open(srv.URL)
	other := w.NewWindow()
	other.Open(srv.URL)
	for _, window := range []*Window{w, other} {
		var hidden bool
		window.Evaluate(&hidden, `return document.hidden`)
		if hidden {
			t.Error("a window of Firefox is hidden, want all of them in view")
		}
	}
}
