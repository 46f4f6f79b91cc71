package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"latchkey/internal/views/viewstest"
)

// What the checks of every page go by.
const probe = viewstest.Probe

var (
	noon      = viewstest.Noon
	render    = viewstest.Render
	wantIn    = viewstest.Has
	wantNotIn = viewstest.Lacks
	tags      = viewstest.Tags
	attr      = viewstest.Attr
)

// hostile is a page on which everything that can be echoed is a probe.
func hostile(user *User) Page {
	return Page{
		Title: probe, Path: probe, User: user, Nonce: "n0nce", AuthPath: probe, SiteName: probe,
		Development: true, Origin: "https://app.example", Theme: "dark", Toast: probe, Private: true, PollSeconds: 60, Now: noon,
		Menu: []MenuItem{{Label: probe, Path: "/x", Icon: probe, Public: true}},
	}
}

// allPages has every page, guest or signed in, with every optional part shown.
func allPages() map[string]templ.Component {
	guest, member := hostile(nil), hostile(&User{Name: probe, Email: probe})
	devices := []Device{
		{ID: probe, Name: probe, Kind: probe, IP: probe, SignedIn: noon.Add(-time.Hour), LastSeen: noon, Current: true},
		{ID: "other/../x", Name: probe, Kind: "phone"},
		{},
	}
	return map[string]templ.Component{
		"home, guest":  Home(guest, HomeModel{Strategy: "jwt", Database: probe, Demo: &Demo{Email: probe, Password: probe}}),
		"home, member": Home(member, HomeModel{Strategy: "database"}),
		"sign up": SignUp(guest, SignUpModel{
			Name: probe, Email: probe, CallbackURL: probe, MinLength: 15,
			Errors: Errors{"": probe, "name": probe, "email": probe, "password": probe}, EmailTaken: true,
		}),
		"sign up, empty": SignUp(guest, SignUpModel{}),
		"sign in": SignIn(guest, SignInModel{
			Email: probe, CallbackURL: probe, Notice: probe, Demo: &Demo{Email: probe, Password: probe},
			Errors: Errors{"": probe, "email": probe, "password": probe},
		}),
		"sign in, empty":  SignIn(guest, SignInModel{}),
		"sign-in limit":   SignInLimit(guest, SignInLimitModel{Limit: 3, Devices: devices, Proof: probe, CallbackURL: probe}),
		"sign out":        SignOut(member),
		"signed out here": SignedOutHere(guest),
		"dashboard": Dashboard(member, DashboardModel{
			Strategy: probe, Devices: 2, Limit: 3, ValidatedAt: noon, ExpiresAt: noon, AbsoluteExpiresAt: noon,
		}),
		"dashboard, empty": Dashboard(guest, DashboardModel{}),
		"devices":          Devices(member, DevicesModel{Devices: devices, Limit: 5, Policy: "evict"}),
		"devices, empty":   Devices(member, DevicesModel{}),
		"profile":          Profile(member, ProfileModel{Name: probe, Email: probe, Errors: Errors{"name": probe}}),
		"appearance":       Appearance(member),
		"components":       DevUI(member),
		"error":            ErrorPage(guest, ErrorPageModel{Status: 503, Title: probe, Text: probe, RequestID: probe, RetryAfter: 90}),
		"error, unknown":   ErrorPage(member, ErrorPageModel{Status: 418}),
	}
}

// eachPage runs a check on every page.
func eachPage(t *testing.T, check func(t *testing.T, html string)) {
	for name, page := range allPages() {
		t.Run(name, func(t *testing.T) { check(t, render(t, page)) })
	}
}

// eachRealPage leaves out the gallery of components, which asks for nothing.
func eachRealPage(t *testing.T, check func(t *testing.T, html string)) {
	eachPage(t, func(t *testing.T, html string) {
		if !strings.HasSuffix(t.Name(), "/components") {
			check(t, html)
		}
	})
}
