package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

// probe is what an attacker would type everywhere. (HD-6)
const probe = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// hostile is a page on which everything that can be echoed is a probe.
func hostile(user *User) Page {
	return Page{
		Title: probe, Path: probe, User: user, Nonce: "n0nce", AuthPath: probe, SiteName: probe,
		Development: true, Origin: "https://app.example", Theme: "dark", Toast: probe,
		Menu: []MenuItem{{Label: probe, Path: "/x", Icon: probe, Public: true}}, PollSeconds: 60, Now: noon,
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
		"lab, jwt": Lab(member, LabModel{
			Strategy: "jwt", Notice: probe, Devices: devices, Large: true, Dropped: time.Second, DropFor: 20 * time.Second,
			Cookie: LabCookie{Bytes: 8841, Count: 3, Claims: []LabClaim{
				{Name: "sub", Text: probe}, {Name: "exp", Date: noon}, {Name: probe, Text: strings.Repeat(probe, 9)},
			}},
		}),
		"lab, database":  Lab(member, LabModel{Strategy: "database", Devices: devices, Cookie: LabCookie{Bytes: 43, Count: 1, Start: probe}}),
		"error":          ErrorPage(guest, ErrorPageModel{Status: 503, Title: probe, Text: probe, RequestID: probe, RetryAfter: 90}),
		"error, unknown": ErrorPage(member, ErrorPageModel{Status: 418}),
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

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("Render: %v", err)
	}
	return b.String()
}

// eachPage runs a check on every page.
func eachPage(t *testing.T, check func(t *testing.T, html string)) {
	for name, page := range allPages() {
		t.Run(name, func(t *testing.T) { check(t, render(t, page)) })
	}
}

func wantIn(t *testing.T, html, want string) {
	t.Helper()
	if !strings.Contains(html, want) {
		t.Errorf("the page lacks %s", want)
	}
}

func wantNotIn(t *testing.T, html, unwanted string) {
	t.Helper()
	if strings.Contains(html, unwanted) {
		t.Errorf("the page has %s, want it absent", unwanted)
	}
}
