package views

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// componentFiles are the ones that may build controls of their own.
var componentFiles = []string{
	"button.templ", "field.templ", "textarea.templ", "select.templ", "checkbox.templ", "dialog.templ",
	"menu.templ", "theme.templ", "notice.templ", "form.templ", "layout_app.templ",
}

var ownControl = regexp.MustCompile(`<(button|input|label|textarea|select)\b`)

// One look and one behaviour: a page takes its controls from the components.
func TestNoPageBuildsItsOwnControls(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d templ files (%v), want all of them", len(files), err)
	}
	for _, file := range files {
		if slices.Contains(componentFiles, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := ownControl.FindString(string(text)); found != "" {
			t.Errorf("%s has %s>, want a component", file, found)
		}
	}
}

// Text from users may be of either direction and must not turn the page's own.
func TestNamesAndAddressesAreIsolated(t *testing.T) {
	const name, email = "محمد علي", "ada@example.com"
	user := Page{User: &User{Name: name, Email: email}, Now: noon}
	for title, html := range map[string]string{
		"the dashboard": render(t, Dashboard(user, DashboardModel{})),
		"the profile":   render(t, Profile(user, ProfileModel{Name: name, Email: email})),
	} {
		_, body, _ := strings.Cut(html, "<body")
		_, body, _ = strings.Cut(body, ">")
		for _, text := range []string{name, email} {
			all := strings.Count(body, text) - strings.Count(body, `value="`+text)
			if isolated := len(regexp.MustCompile(`<bdi[^>]*>`+text).FindAllString(body, -1)); isolated != all || all == 0 {
				t.Errorf("%s shows %q %d times, %d of them in <bdi>, want all", title, text, all, isolated)
			}
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "ada": "A", "ada.king@example.com": "AK", "Jean-Luc Picard": "JP", "O'Brien": "O",
		"李 小龙": "李小", "محمد علي": "مع", "🦊": "", "": "", "  ": "", "42": "",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestTheThemeIsOnThePageFromTheStart(t *testing.T) {
	for theme, want := range map[string]string{"": `<html lang="en">`, "dark": `<html lang="en" data-theme="dark">`, "light": `<html lang="en" data-theme="light">`} {
		html := render(t, Appearance(Page{Theme: theme, User: &User{Email: "ada@example.com"}}))
		wantIn(t, html, want)
		wantIn(t, html, `name="theme" value="`+theme+`" aria-pressed="true"`)
	}
}

func TestTheMenuIsDataOfThePage(t *testing.T) {
	p := Page{Path: "/notes/7", User: &User{Email: "ada@example.com"}, Menu: []MenuItem{{Label: "Notes", Path: "/notes", Icon: "note"}}}
	wantIn(t, render(t, App(p)), `<a href="/notes" aria-current="true">`)
	wantNotIn(t, render(t, Home(p, HomeModel{})), `href="/notes"`)
	p.Menu[0].Public = true
	wantIn(t, render(t, Home(p, HomeModel{})), `<a href="/notes">Notes</a>`)
}

func TestATakenAddressLeadsToItsSignIn(t *testing.T) {
	html := render(t, SignUp(Page{}, SignUpModel{Email: "ada@example.com", CallbackURL: "/x", Errors: Errors{"email": "Taken."}, EmailTaken: true}))
	wantIn(t, html, `<a href="/signin?callbackUrl=%2Fx&amp;email=ada%40example.com">Sign in instead</a>`)
}

func TestNoErrorGetsLost(t *testing.T) {
	html := render(t, SignIn(Page{}, SignInModel{Errors: Errors{"image": "Not a picture."}}))
	wantIn(t, html, "Not a picture.")
}

func TestAPublicPageSaysHowItIsShared(t *testing.T) {
	p := Page{Origin: "https://app.example", Path: "/", Asset: func(name string) string { return "/s/" + name }}
	html := render(t, Home(p, HomeModel{}))
	for _, want := range []string{
		`<link rel="canonical" href="https://app.example/">`, `<meta property="og:image" content="https://app.example/s/social.png">`, `<meta name="description"`,
	} {
		wantIn(t, html, want)
	}
	wantNotIn(t, render(t, ErrorPage(p, ErrorPageModel{Status: 404})), "canonical") // there is nothing to share at its address
	p.Private = true
	wantNotIn(t, render(t, App(p)), "og:title")
}
