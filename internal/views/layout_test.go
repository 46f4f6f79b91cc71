package views

import "testing"

func TestTheBodyCarriesTheSettingsOfSessionJS(t *testing.T) {
	html := render(t, SignOut(Page{User: &User{Email: "ada@example.com"}, AuthPath: "/api/auth", PollSeconds: 60, Private: true}))
	for _, want := range []string{
		`data-auth-path="/api/auth"`, `data-poll-seconds="60"`, `data-signed-in="true"`, `data-private="true"`, `data-user="ada@example.com"`,
	} {
		wantIn(t, html, want)
	}
}

func TestTheZeroPageIsAGuestPageWithDefaults(t *testing.T) {
	html := render(t, SignIn(Page{}, SignInModel{}))
	for _, want := range []string{
		`data-auth-path="/auth"`, `data-poll-seconds="0"`, `data-signed-in="false"`, `data-private="false"`, `data-user=""`,
		`<title>Sign in · Latchkey</title>`, `src="/static/session.js"`,
	} {
		wantIn(t, html, want)
	}
	wantNotIn(t, html, "Development")
}

func TestTheMenuFollowsTheReader(t *testing.T) {
	guest := render(t, Home(Page{Path: "/"}, HomeModel{}))
	wantIn(t, guest, `href="/signup"`)
	wantNotIn(t, guest, `action="/signout"`)

	member := render(t, Devices(Page{Path: "/account/sessions", User: &User{Email: "ada@example.com"}}, DevicesModel{}))
	wantIn(t, member, `<form method="post" action="/signout">`)
	wantIn(t, member, `<a href="/account/sessions" aria-current="page">Security</a>`)
	wantNotIn(t, member, `href="/signup"`)
	wantIn(t, member, `popovertarget="user-menu"`)
}

func TestTheMenuOffersNothingWhenNobodyKnowsTheReader(t *testing.T) {
	html := render(t, ErrorPage(Page{Unknown: true}, ErrorPageModel{Status: 503}))
	for _, guess := range []string{"<nav", `href="/signin"`, `href="/signup"`, `action="/signout"`} {
		wantNotIn(t, html, guess)
	}
	wantIn(t, html, `class="brand" href="/"`)
	wantNotIn(t, html, `src="/static/session.js"`) // it would take the reader for a guest
}

func TestAssetsComeFromTheGivenFunction(t *testing.T) {
	html := render(t, SignOut(Page{Asset: func(name string) string { return "/cdn/" + name + "?v1" }}))
	wantIn(t, html, `href="/cdn/site.css?v1"`)
	wantIn(t, html, `src="/cdn/session.js?v1"`)
}

func TestTheMenuLeadsToAPartOnlyWhereItIs(t *testing.T) {
	member := Page{User: &User{Email: "ada@example.com"}}
	wantNotIn(t, render(t, App(member)), `href="/part"`)
	member.Menu = []MenuItem{{Path: "/part", Label: "Part"}}
	wantIn(t, render(t, App(member)), `href="/part"`)
	wantNotIn(t, render(t, SignOut(Page{Menu: member.Menu})), `href="/part"`)
}
