package views

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/views/viewstest"
)

func TestEveryOtherDeviceCanBeEnded(t *testing.T) {
	html := render(t, Devices(Page{Now: noon}, DevicesModel{Limit: 5, Policy: "evict", Devices: []Device{
		{ID: "here", Name: "Firefox on Windows", Current: true, LastSeen: noon},
		{ID: "a/b", Name: "Safari on iPhone", IP: "203.0.113.7", LastSeen: noon.Add(-2 * time.Hour)},
	}}))
	for _, want := range []string{
		`action="/account/sessions/a%2Fb/end"`, `action="/account/sessions/end-others"`, `action="/account/sessions/end-all"`,
		`<time datetime="2026-03-01T10:00:00Z" title="1 March 2026, 10:00 UTC">2 hours ago</time>`, "203.0.113.7", "This device",
	} {
		wantIn(t, html, want)
	}
	wantNotIn(t, html, "/account/sessions/here/end") // signing out here is the menu's job
	wantIn(t, html, `Sign out <span class="sr-only">Safari on iPhone</span>`)
	wantIn(t, html, "nothing is deleted")
}

func TestADeviceSaysWhenItWasUsed(t *testing.T) {
	signedIn := noon.Add(-50 * time.Hour)
	html := render(t, Devices(Page{Now: noon}, DevicesModel{Devices: []Device{
		{ID: "here", Name: "Firefox on Windows", Current: true, SignedIn: noon, LastSeen: noon},
		{ID: "phone", Name: "Safari on iPhone", SignedIn: signedIn, LastSeen: noon.Add(-2 * time.Hour)},
	}}))
	here, phone, _ := strings.Cut(html, "Safari on iPhone")
	wantIn(t, here, "You are using it now")
	wantNotIn(t, here, "Last used")
	wantIn(t, phone, "Last used")
	wantIn(t, phone, `<time datetime="2026-02-27T10:00:00Z" data-local>27 February 2026, 10:00 UTC</time>`)
}

func TestALoneDeviceHasNoOthersToEnd(t *testing.T) {
	html := render(t, Devices(Page{}, DevicesModel{Devices: []Device{{ID: "here", Current: true}}}))
	wantNotIn(t, html, "end-others")
	wantNotIn(t, html, "If you do not recognise one")
	wantIn(t, html, "You are signed in on this device and nowhere else.")
	wantIn(t, html, "end-all")
	wantIn(t, html, "Unknown browser")
}

func TestAccountPagesUseNoJargon(t *testing.T) {
	html := render(t, Devices(Page{}, DevicesModel{Limit: 5, Policy: "deny", Devices: []Device{{ID: "x", Current: true}, {ID: "y"}}}))
	_, main, _ := strings.Cut(html, "<main")
	text := strings.ToLower(viewstest.Text(main))
	for _, word := range []string{"session", "token", "jwt", "cookie", "revoke", "evict", "user agent"} {
		if strings.Contains(text, word) {
			t.Errorf("the device page says %q, want words for everybody", word)
		}
	}
}

func TestTheDashboardLeavesOutWhatIsNotKnown(t *testing.T) {
	html := render(t, Dashboard(Page{Now: noon, User: &User{Name: "Ada"}}, DashboardModel{Strategy: "jwt", SignedInAt: noon.Add(-time.Hour)}))
	wantIn(t, html, "Welcome, Ada")
	wantIn(t, html, "1 hour ago")
	wantNotIn(t, html, "Ends if unused")
	wantNotIn(t, html, "0001")
}

func TestHomeMarksTheStrategyInForce(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		html := render(t, Home(Page{}, HomeModel{Strategy: strategy, Database: "PostgreSQL"}))
		_, marked, _ := strings.Cut(html, "In force")
		wantIn(t, html, "PostgreSQL")
		if want := "SESSION_STRATEGY=" + strategy; !strings.Contains(marked[:min(200, len(marked))], want) {
			t.Errorf("In force is not followed by %s", want)
		}
	}
}

func TestErrorPagesAlwaysHaveHelpfulWords(t *testing.T) {
	for _, status := range []int{403, 404, 405, 413, 415, 422, 500, 503, 418, 599} {
		m := ErrorPageModel{Status: status}.withWords()
		if m.Title == "" || len(m.Text) < 40 {
			t.Errorf("words of %d = %q, %q, want a title and a helpful text", status, m.Title, m.Text)
		}
	}
	html := render(t, ErrorPage(Page{}, ErrorPageModel{Status: 503, RetryAfter: 5, Again: "/dashboard"}))
	wantIn(t, html, `<a class="button" href="/dashboard">Try again</a>`)
	wantNotIn(t, render(t, ErrorPage(Page{}, ErrorPageModel{Status: 503})), "Try again")
	own := ErrorPageModel{Status: 404, Title: "Gone", Text: "It moved."}.withWords()
	if own.Title != "Gone" || own.Text != "It moved." {
		t.Errorf("withWords replaced the handler's words by %q, %q", own.Title, own.Text)
	}
}
