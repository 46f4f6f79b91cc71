package views

import (
	"strings"
	"testing"
	"time"
)

func inputTag(t *testing.T, html, id string) string {
	t.Helper()
	for _, tag := range tags(html, "input") {
		if got, _ := attr(tag, "id"); got == id {
			return tag
		}
	}
	t.Fatalf("the page has no input %q", id)
	return ""
}

func TestAnErrorSitsAtItsField(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{Email: "ada@", MinLength: 15, Errors: Errors{"email": "Not an address."}}))
	email, name := inputTag(t, html, "email"), inputTag(t, html, "name")

	if by, _ := attr(email, "aria-describedby"); by != "email-error" {
		t.Errorf("aria-describedby of email = %q, want email-error", by)
	}
	if invalid, _ := attr(email, "aria-invalid"); invalid != "true" {
		t.Errorf("aria-invalid of email = %q, want true", invalid)
	}
	if _, focused := attr(email, "autofocus"); !focused {
		t.Error("email has no autofocus, want the first wrong field to have it")
	}
	if _, focused := attr(name, "autofocus"); focused {
		t.Error("name has autofocus too, want one field to have it")
	}
	if _, marked := attr(name, "aria-invalid"); marked {
		t.Error("name has aria-invalid, want it on wrong fields only")
	}
	wantIn(t, html, `<p class="field-error" id="email-error">Not an address.`)
	wantIn(t, html, "<title>Error: Create an account")
}

func TestAFormWithoutErrorsIsQuiet(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{MinLength: 15}))
	for _, unwanted := range []string{`role="alert"`, "aria-invalid", "Error:"} {
		wantNotIn(t, html, unwanted)
	}
}

func TestWhatWasTypedIsKeptExceptPasswords(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{Name: "Ada", Email: "ada@", Errors: Errors{"email": "x"}}))
	for id, want := range map[string]string{"name": "Ada", "email": "ada@"} {
		if got, _ := attr(inputTag(t, html, id), "value"); got != want {
			t.Errorf("value of %s = %q, want %q", id, got, want)
		}
	}
	if _, has := attr(inputTag(t, html, "password"), "value"); has {
		t.Error("the password has a value, want none ever")
	}
}

func TestThePasswordHelpStatesTheRealMinimumAndNoMaximum(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{MinLength: 12}))
	wantIn(t, html, "At least 12 characters.")
	password := inputTag(t, html, "password")
	if got, _ := attr(password, "minlength"); got != "12" {
		t.Errorf("minlength = %q, want 12", got)
	}
	if _, has := attr(password, "maxlength"); has {
		t.Error("the password has a maxlength, want none: the server decides")
	}
	if by, _ := attr(password, "aria-describedby"); by != "password-hint" {
		t.Errorf("aria-describedby = %q, want password-hint", by)
	}
}

func TestTheWayBackIsKeptThroughForms(t *testing.T) {
	const to = "/account/sessions?a=1&b=2"
	html := render(t, SignIn(Page{}, SignInModel{CallbackURL: to}))
	wantIn(t, html, `name="callbackUrl" value="/account/sessions?a=1&amp;b=2"`)
	wantIn(t, html, `href="/signup?callbackUrl=%2Faccount%2Fsessions%3Fa%3D1%26b%3D2"`)
	wantNotIn(t, render(t, SignIn(Page{}, SignInModel{})), "callbackUrl")
}

func TestTheDemoAccountIsShownOnlyWhenGiven(t *testing.T) {
	demo := &Demo{Email: "demo@example.com", Password: "a demo password"}
	html := render(t, SignIn(Page{}, SignInModel{Demo: demo}))
	for _, want := range []string{"Development only", "Continue as demo@example.com", `name="email" value="demo@example.com"`, `name="password" value="a demo password"`} {
		wantIn(t, html, want)
	}
	if strings.Contains(render(t, SignIn(Page{}, SignInModel{})), "Development only") {
		t.Error("the page shows a demo account, want none")
	}
}

func TestNoticesAreStatusesAndFormErrorsAreAlerts(t *testing.T) {
	html := render(t, SignIn(Page{}, SignInModel{Notice: "Signed out elsewhere.", Errors: Errors{"": "Not right."}}))
	wantIn(t, html, `<div class="note" role="status" tabindex="-1" autofocus>`)
	wantIn(t, html, `<div class="note danger" role="alert">`)
}

func TestTheFirstFieldHasTheFocusUnlessANoticeHas(t *testing.T) {
	for name, c := range map[string]struct {
		html  string
		field bool
	}{
		"sign-in":               {render(t, SignIn(Page{}, SignInModel{})), true},
		"sign-in with a notice": {render(t, SignIn(Page{}, SignInModel{Notice: "Signed out."})), false},
	} {
		if _, focused := attr(inputTag(t, c.html, "email"), "autofocus"); focused != c.field {
			t.Errorf("%s: email has autofocus = %t, want %t", name, focused, c.field)
		}
		if n := strings.Count(c.html, "autofocus"); n != 1 {
			t.Errorf("%s: autofocus is on %d elements, want 1", name, n)
		}
	}
}

func TestTheLimitPageOffersTheLeastRecentlyUsedDevice(t *testing.T) {
	html := render(t, SignInLimit(Page{Now: noon}, SignInLimitModel{Limit: 2, Proof: "p-1", Devices: []Device{
		{ID: "new", Name: "Safari on iPhone", LastSeen: noon}, {ID: "old", Name: "Firefox on Linux", LastSeen: noon.Add(-time.Hour)},
	}}))
	for _, want := range []string{
		`action="/signin/continue"`, `<input type="hidden" name="proof" value="p-1">`, "limit of 2 devices", "Safari on iPhone",
		`name="device" value="old" checked>`, `name="device" value="">`,
	} {
		wantIn(t, html, want)
	}
	if n := strings.Count(html, " checked"); n != 1 {
		t.Errorf("%d devices are chosen, want 1", n)
	}
	wantNotIn(t, html, "/account/sessions/old/end") // nobody is signed in yet
}
