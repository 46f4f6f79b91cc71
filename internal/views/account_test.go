package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/internal/views/viewstest"
)

// household is a list of n devices, this one first.
func household(n int) []Device {
	devices := make([]Device, n)
	for i := range devices {
		devices[i] = Device{ID: fmt.Sprint("d", i), Name: "Safari on iPhone", IP: fmt.Sprint("203.0.113.", i), LastSeen: noon.Add(-time.Duration(i) * time.Hour), Current: i == 0}
	}
	return devices
}

func TestEveryOtherDeviceCanBeEnded(t *testing.T) {
	html := render(t, Devices(Page{Now: noon}, DevicesModel{Limit: 5, Policy: "evict", Devices: []Device{
		{ID: "here", Name: "Firefox on Windows", Current: true, LastSeen: noon},
		{ID: "a/b", Name: "Safari on iPhone", IP: "203.0.113.7", LastSeen: noon.Add(-2 * time.Hour)},
	}}))
	for _, want := range []string{
		`action="/account/sessions/a%2Fb/end#device-here"`, `action="/account/sessions/end-others"`, `action="/account/sessions/end-all"`,
		`<time datetime="2026-03-01T10:00:00Z" title="1 March 2026, 10:00 UTC" data-ago>2 hours ago</time>`, "This device", "2 of 5.",
	} {
		wantIn(t, html, want)
	}
	wantNotIn(t, html, "/account/sessions/here/end") // signing out here is the menu's job
	wantIn(t, html, "Nothing is deleted")
}

// Twenty buttons "Sign out" are told apart by what a screen reader adds.
func TestButtonsInRowsHaveNamesOfTheirOwn(t *testing.T) {
	html := render(t, Devices(Page{Now: noon}, DevicesModel{Devices: household(10)}))
	seen := map[string]bool{}
	for _, rest := range strings.Split(html, `<span data-label>Sign out</span> <span class="sr-only">`)[1:] {
		name, _, _ := strings.Cut(rest, "</span>")
		if seen[name] {
			t.Errorf("two buttons are called %q, want different names", name)
		}
		seen[name] = true
	}
	if len(seen) != 9 {
		t.Errorf("%d buttons have a name, want 9", len(seen))
	}
}

func TestALongListIsShownInSteps(t *testing.T) {
	for _, c := range []struct {
		devices, show, rows int
		more                string // "" = no next step
	}{
		{devices: 10, rows: 10},
		{devices: 12, rows: 10, more: "/account/sessions?show=12#device-d10"},
		{devices: 60, rows: 10, more: "/account/sessions?show=40#device-d10"},
		{devices: 60, show: 40, rows: 40, more: "/account/sessions?show=60#device-d40"},
		{devices: 60, show: 1000, rows: 60},
		{devices: 3, show: -5, rows: 3},
	} {
		html := render(t, Devices(Page{Now: noon}, DevicesModel{Devices: household(c.devices), Show: c.show}))
		if rows := strings.Count(html, `class="device"`); rows != c.rows {
			t.Errorf("of %d devices, asked for %d, %d are shown, want %d", c.devices, c.show, rows, c.rows)
		}
		if c.more == "" {
			wantNotIn(t, html, "?show=")
		} else {
			wantIn(t, html, `href="`+c.more+`"`)
		}
	}
}

func TestALoneDeviceHasNoOthersToEnd(t *testing.T) {
	html := render(t, Devices(Page{}, DevicesModel{Devices: []Device{{ID: "here", Current: true}}}))
	wantNotIn(t, html, `popovertarget="end-others"`)
	wantNotIn(t, html, "If you don't recognise")
	wantIn(t, html, "signed in on this device only")
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
	html := render(t, Dashboard(Page{Now: noon, User: &User{Name: "Ada"}}, DashboardModel{Strategy: "jwt"}))
	wantIn(t, html, "Welcome, <bdi>Ada</bdi>")
	wantNotIn(t, html, "Signs you out")
	wantNotIn(t, html, "0001")
}

func TestHomeMarksTheStrategyInUse(t *testing.T) {
	for strategy, want := range map[string]string{"jwt": "JWT (in use here)", "database": "Database (in use here)"} {
		html := render(t, Home(Page{}, HomeModel{Strategy: strategy, Database: "PostgreSQL"}))
		wantIn(t, html, "PostgreSQL")
		wantIn(t, html, want)
		if n := strings.Count(html, "(in use here)"); n != 1 {
			t.Errorf("%d strategies are marked as in use, want 1", n)
		}
	}
}

func TestErrorPagesAlwaysHaveHelpfulWords(t *testing.T) {
	for _, status := range []int{400, 403, 404, 405, 413, 415, 422, 429, 500, 503, 418, 599} {
		m := ErrorPageModel{Status: status}.withWords()
		if m.Title == "" || len(m.Text) < 40 {
			t.Errorf("words of %d = %q, %q, want a title and a helpful text", status, m.Title, m.Text)
		}
	}
	html := render(t, ErrorPage(Page{}, ErrorPageModel{Status: 503, RetryAfter: 5, Again: "/dashboard", RequestID: "ABC"}))
	wantIn(t, html, `href="/dashboard"><span data-label>Try again</span>`)
	wantIn(t, html, `<code id="error-code">ABC</code>`)
	wantIn(t, html, `data-copy="error-code"`)
	wantNotIn(t, render(t, ErrorPage(Page{}, ErrorPageModel{Status: 500})), `class="code-line"`)
	wantNotIn(t, render(t, ErrorPage(Page{}, ErrorPageModel{Status: 200})), ">200<") // a success is no error worth a number
	own := ErrorPageModel{Status: 404, Title: "Gone", Text: "It moved."}.withWords()
	if own.Title != "Gone" || own.Text != "It moved." {
		t.Errorf("withWords replaced the handler's words by %q, %q", own.Title, own.Text)
	}
}
