package views

import (
	"strings"
	"testing"
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
	if _, marked := attr(name, "aria-invalid"); marked {
		t.Error("name has aria-invalid, want it on wrong fields only")
	}
	wantIn(t, html, `<p class="field-error" id="email-error" role="alert">Not an address.</p>`)
	wantIn(t, html, "<title>Error: Create an account")
}

func TestAFormWithoutErrorsIsQuiet(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{MinLength: 15}))
	for _, unwanted := range []string{`role="alert"`, "aria-invalid", "autofocus", "Error:"} {
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
	if by, _ := attr(password, "aria-describedby"); by != "password-help" {
		t.Errorf("aria-describedby = %q, want password-help", by)
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
	for _, want := range []string{"Development only", demo.Email, demo.Password} {
		wantIn(t, html, want)
	}
	if strings.Contains(render(t, SignIn(Page{}, SignInModel{})), "Demo account") {
		t.Error("the page shows a demo account, want none")
	}
}

func TestNoticesAreStatusesAndFormErrorsAreAlerts(t *testing.T) {
	html := render(t, SignIn(Page{}, SignInModel{Notice: "Signed out elsewhere.", Errors: Errors{"": "Not right."}}))
	wantIn(t, html, `<p class="notice" role="status" tabindex="-1" autofocus>Signed out elsewhere.</p>`)
	wantIn(t, html, `<p class="notice notice-error" role="alert">Not right.</p>`)
}

func TestTheLimitPageCarriesTheProof(t *testing.T) {
	html := render(t, SignInLimit(Page{}, SignInLimitModel{Limit: 1, Proof: "p-1", Devices: []Device{{ID: "s-1", Name: "Safari on iPhone"}}}))
	for _, want := range []string{
		`action="/signin/continue"`, `<input type="hidden" name="proof" value="p-1">`, "Sign out the others and continue", "Safari on iPhone", "1 device already",
	} {
		wantIn(t, html, want)
	}
	wantNotIn(t, html, "/account/sessions/s-1/end") // read-only: nobody is signed in yet
}
