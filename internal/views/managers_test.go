package views

import (
	"slices"
	"strings"
	"testing"
)

// What password managers go by: tokens first, and where those are ignored, the
// order of the fields and their types.

func TestPasswordManagersFindTheirFields(t *testing.T) {
	up, in := render(t, SignUp(Page{}, SignUpModel{})), render(t, SignIn(Page{}, SignInModel{}))
	for _, c := range []struct{ page, html, id, kind, want string }{
		{"sign-up", up, "name", "text", "name"},
		{"sign-up", up, "email", "email", "username"},
		{"sign-up", up, "password", "password", "new-password"},
		{"sign-in", in, "email", "email", "username"},
		{"sign-in", in, "password", "password", "current-password"},
	} {
		tag := inputTag(t, c.html, c.id)
		kind, _ := attr(tag, "type")
		token, _ := attr(tag, "autocomplete")
		if kind != c.kind || token != c.want {
			t.Errorf("%s of the %s page has type %q and autocomplete %q, want %q and %q", c.id, c.page, kind, token, c.kind, c.want)
		}
	}
}

// forms cuts a page into its forms.
func forms(html string) (all []string) {
	for _, rest := range strings.Split(html, "<form")[1:] {
		form, _, _ := strings.Cut(rest, "</form>")
		all = append(all, form)
	}
	return all
}

func TestAFormAsksForOnePasswordAndTheAddressIsRightBeforeIt(t *testing.T) {
	seen := 0
	eachRealPage(t, func(t *testing.T, html string) {
		for _, form := range forms(html) {
			var kinds []string
			for _, tag := range tags(form, "input") {
				if kind, _ := attr(tag, "type"); kind != "hidden" {
					kinds = append(kinds, kind)
				}
			}
			i := slices.Index(kinds, "password")
			if i < 0 {
				continue
			}
			seen++
			if n := len(kinds); i != n-1 || i == 0 || kinds[i-1] != "email" {
				t.Errorf("the form asks for %q, want an email address and then a password at its end", kinds)
			}
		}
		if inputs, inForms := len(tags(html, "input")), len(tags(strings.Join(forms(html), ""), "input")); inputs != inForms {
			t.Errorf("%d of %d inputs are in a form, want all", inForms, inputs)
		}
	})
	if seen != 4 {
		t.Errorf("%d forms ask for a password, want those of sign-up and sign-in, empty and not", seen)
	}
}

// Pasting is blocked by handlers, which TestNothingIsInline rules out, or by
// attributes such as these.
func TestNothingStandsInTheWayOfFilling(t *testing.T) {
	eachRealPage(t, func(t *testing.T, html string) {
		for _, tag := range tags(html, "input") {
			for _, obstacle := range []string{"readonly", "disabled", "maxlength", "pattern", "inputmode", "data-1p-ignore", "data-lpignore", "data-bwignore"} {
				if _, has := attr(tag, obstacle); has {
					t.Errorf("%s has %s, want nothing in the way of who fills it in", tag, obstacle)
				}
			}
			if token, _ := attr(tag, "autocomplete"); token == "off" {
				t.Errorf("%s turns autocomplete off, want it on", tag)
			}
		}
		for _, tag := range tags(html, "form") {
			if _, has := attr(tag, "autocomplete"); has {
				t.Errorf("%s sets autocomplete, want the fields to", tag)
			}
		}
	})
}

func TestTheRevealButtonFollowsItsPassword(t *testing.T) {
	for _, html := range []string{render(t, SignUp(Page{}, SignUpModel{})), render(t, SignIn(Page{}, SignInModel{}))} {
		input, button := strings.Index(html, `id="password"`), strings.Index(html, `data-reveal="password"`)
		if input < 0 || button < input {
			t.Errorf("the button is at %d and its input at %d, want it to come after, so that Tab reaches the input first", button, input)
		}
		wantIn(t, html, `<span>Show</span> <span class="sr-only">password</span>`)
	}
}
