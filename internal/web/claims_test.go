package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// What an address claims has not happened for that.
func TestAnAddressClaimsNothing(t *testing.T) {
	w := webtest.OnMemory(t)
	plain := w.Browser().Get("/signin").Shows(200)
	for _, reason := range []auth.Reason{auth.ReasonSignedOut, kit.OtherTab, auth.ReasonDevice, auth.ReasonLimit, auth.ReasonEverywhere, auth.ReasonPassword,
		auth.ReasonAdmin, auth.ReasonReuse, auth.ReasonReplaced, auth.ReasonDeleted, auth.ReasonExpired, "x"} {
		got := w.Browser().Get("/signin?reason=" + string(reason)).Shows(200)
		if strings.Count(got.Text, "<p") != strings.Count(plain.Text, "<p") {
			t.Errorf("/signin?reason=%s has something to say to a guest: %s", reason, got.Text)
		}
	}
	ada := w.SignUp("ada@example.com")
	for _, path := range []string{"/account?done=saved", "/account/sessions?done=one", "/account/sessions?done=others"} {
		ada.Get(path).Shows(200).Lacks("is saved", "signed out.", "data-toast")
	}
	ada.Header.Set("Cookie", "__Host-flash=You+have+won")
	w.Browser().Get("/signin").Shows(200).Lacks("won")
	if strings.Contains(w.Log.String(), `"level":"ERROR"`) {
		t.Error("an address makes errors in the log")
	}
}

func TestWhatWasDoneIsSaidOnce(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	set := b.Post("/account", "name", "Ada")
	cookie := set.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-flash=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=60"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %q: %s", want, cookie)
		}
	}
	late := b.Copy()
	b.Get("/account").Shows(200, "Your profile is saved.")
	b.Get("/account").Shows(200).Lacks("Your profile is saved.")
	w.Wait(2 * time.Minute)
	late.Get("/account").Shows(200).Lacks("Your profile is saved.") // short-lived, wherever it was kept
	b.Post("/signout").RedirectsTo("/signin?reason=signout").Shows(200, "You&#39;re signed out.")
	b.Get("/signin?reason=signout").Shows(200).Lacks("You&#39;re signed out.")
}

// An address of ours arrives as it was, however hostile it looks.
func TestLocalAddressesSurviveTheSignIn(t *testing.T) {
	w := webtest.OnMemory(t)
	w.SignUp("ada@example.com")
	for _, path := range []string{`/dashboard?u=%5C%5Cevil`, "/dashboard?next=%2F%2Fevil", "/dashboard?u=//evil/../x", "/dashboard?a=%2e%2e%2f", "/dashboard?x=a/../../b"} {
		b := w.Browser()
		b.Get(path).RedirectsTo("/signin?callbackUrl=" + url.QueryEscape(path))
		for _, fragment := range []string{"", "#part", "#a/../b", "#//x"} {
			got := w.Browser().Post("/signin", "email", "ada@example.com", "password", webtest.Password, "callbackUrl", path+fragment)
			if at := got.Header.Get("Location"); at != path+fragment || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
				t.Errorf("a sign-in for %s leads to %s, kept as %q, want it there and kept nowhere", path+fragment, at, got.Header.Get("Cache-Control"))
			}
		}
	}
	raw := w.Browser()
	raw.Header = http.Header{}
	resp, err := raw.Client.Transport.RoundTrip(&http.Request{Method: "GET", Header: http.Header{"Sec-Fetch-Mode": {"navigate"}},
		URL: &url.URL{Scheme: "https", Host: raw.Origin().Host, Path: "/dashboard", RawQuery: `u=\evil`}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if at := resp.Header.Get("Location"); at != "/signin?callbackUrl="+url.QueryEscape("/dashboard?u=%5Cevil") {
		t.Errorf("a backslash as browsers send it leads to %s, want it escaped", at)
	}
	w.Browser().Get("/signin?callbackUrl=/dashboard?q="+strings.Repeat("x", 2100)).Shows(200, "too long to be kept")
	w.Browser().Get("/signin?callbackUrl=/dashboard?q=" + strings.Repeat("x", 2000)).Shows(200).Lacks("too long to be kept")
}
