package authapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/auth"
)

// testdata/authjs-exchanges.txt holds what Auth.js itself (@auth/core 0.41.3)
// answered to 34 requests. Each of them is made here again, and the answer is
// to be the same, line by line, but for what is declared as a deviation: on
// purpose, with its reason and with the answer that holds instead.
//
// Here: the deviations, the requests, the test. The browser is in
// exchanges_visitor_test.go, the file's format in exchanges_file_test.go.

const sessionName = "authjs.session-token"

// A deviation is a deliberate difference. The edit makes our answer of theirs.
type deviation struct {
	why  string
	edit func(theirs *exchange)
}

var (
	onlyWhenNeeded = deviation{"asking for the session sets no cookie: the CSRF cookie comes with the token, the callback URL with the request that names it",
		func(e *exchange) { e.cookies = nil }}
	notReissued = deviation{"a poll sets the cookie only when a renewal is due: a late answer must not undo a sign-out",
		func(e *exchange) { e.cookies = nil }}
	leftAlone = deviation{"a cookie that does not open may be a neighbour's, and stays",
		func(e *exchange) { e.cookies = nil }}
	allFields = deviation{"the user has all fields of Auth.js, null when there is nothing in them, and those of the project's profile", addFields}
	ownOrigin = deviation{"a callbackUrl that begins with two slashes falls back to the origin",
		func(e *exchange) {
			e.header["location"] = "http://localhost:3000"
			e.body = `{"url":"http://localhost:3000"}`
			e.drop("authjs.callback-url")
		}}
	strayIsStray = deviation{"a cookie that is left over, or only begins like ours, signs nobody out",
		func(e *exchange) { e.body, e.cookies = aSession, nil }}
	otherCode = deviation{"the code of ours that a test can bring about is session_limit, of the deny policy",
		func(e *exchange) { e.body = strings.Replace(e.body, "rate_limited", "session_limit", 1) }}
	whitelist = deviation{"an update takes what a profile has and ignores the rest, so nobody can inflate the cookie",
		func(e *exchange) {
			e.cookies = slices.DeleteFunc(e.cookies, func(line string) bool { return strings.HasPrefix(line, sessionName) })
			e.cookies = append(e.cookies, aSessionCookie)
		}}
	tokenStays = deviation{"an opaque token says nothing of its user, so an update leaves it alone",
		func(e *exchange) { e.cookies = nil }}
	ourSignIn   = redirectedTo("http://localhost:3000/signin?callbackUrl=http%3A%2F%2Flocalhost%3A3000%2Fapp")
	ourSignOut  = redirectedTo("http://localhost:3000/signout")
	noBadScheme = deviation{"a callbackUrl of another scheme falls back to the origin: hostile input is no server error",
		redirectedTo("http://localhost:3000/signin?callbackUrl=http%3A%2F%2Flocalhost%3A3000").edit}
	noFormNoToken = deviation{"a redirect shows no form, so it needs no CSRF cookie",
		func(e *exchange) { e.drop("authjs.csrf-token") }}
	ourErrorPage = deviation{"pages are our own, and name their charset",
		func(e *exchange) { e.header["content-type"] = "text/html; charset=utf-8" }}
)

// redirectedTo is our own page in the place of one that Auth.js draws itself.
func redirectedTo(address string) deviation {
	return deviation{"the pages of this path lead to our own", func(e *exchange) {
		e.status, e.body, e.header = http.StatusFound, "", map[string]string{"location": address}
	}}
}

// addFields adds what a new user has: no image and the zero Profile.
func addFields(e *exchange) {
	var session struct {
		Expires string         `json:"expires"`
		User    map[string]any `json:"user"`
	}
	if json.Unmarshal([]byte(e.body), &session); session.User == nil {
		return
	}
	session.User["image"] = nil
	profile, _ := json.Marshal(auth.Profile{})
	json.Unmarshal(profile, &session.User)
	e.body = canonical(session)
}

const (
	aSession       = `{"expires":"<time>","user":{"email":"ada@example.com","name":"Ada"}}`
	aSessionCookie = sessionName + "=<session>; Expires=<time>; HttpOnly; Path=/; SameSite=Lax"
)

// A replay says how the request of an exchange is made. Method, path and, by
// the title, the header X-Auth-Return-Redirect are in the file.
type replay struct {
	with func(*visitor) // what becomes of the browser's cookies before; nil = it keeps all: signed in, CSRF, callback URL
	body string         // a form or JSON; CSRF stands for the token; "" = none
	json bool           // the redirect is wanted as JSON although the title does not say so
	but  []deviation    // nil = the answer is exactly that of Auth.js

	opaque []deviation // instead of but, under the database strategy; nil = no difference
}

const (
	signInRight = "csrfToken=CSRF&email=ada%40example.com&password=seven+quiet+ships+at+noon"
	signInWrong = "csrfToken=CSRF&email=ada%40example.com&password=seven+quiet+ships"
)

var replays = map[string]replay{
	"first session": {with: noCookies, but: []deviation{onlyWhenNeeded}},
	"csrf":          {with: signedOut},
	"providers":     {with: signedOut},

	"bad creds x":           {with: signedOut, body: signInWrong},
	"bad creds plain":       {with: signedOut, body: signInWrong},
	"custom code x":         {with: overTheLimit, body: signInRight, but: []deviation{otherCode}},
	"no csrf x":             {with: signedOut, body: strings.TrimPrefix(signInRight, "csrfToken=CSRF&")},
	"evil callback x":       {with: signedOut, body: signInRight + "&callbackUrl=https%3A%2F%2Fevil.example%2Fx"},
	"slashslash callback x": {with: signedOut, body: signInRight + "&callbackUrl=%2F%2Fevil.example%2Fx", but: []deviation{ownOrigin}},
	"unknown provider x":    {with: signedOut, body: signInRight},
	"good x":                {with: signedOut, body: signInRight + "&callbackUrl=%2Fapp%3Fx%3D1"},

	"session":        {but: []deviation{notReissued, allFields}},
	"update no csrf": {body: `{"data":{"name":"Ada"}}`},
	"update big": {body: `{"csrfToken":"CSRF","data":{"name":"Ada","more":"` + strings.Repeat("x", 6000) + `"}}`,
		but: []deviation{whitelist, allFields}, opaque: []deviation{tokenStays, allFields}},
	"session chunked": {with: chunked, but: []deviation{notReissued, allFields}},
	"update small": {with: chunked, body: `{"csrfToken":"CSRF","data":{"name":"Ada"}}`,
		but: []deviation{allFields}, opaque: []deviation{tokenStays, allFields}},
	"leftover mix":          {with: leftover, but: []deviation{strayIsStray, allFields}},
	"reordered two copies":  {with: secondCopy, but: []deviation{strayIsStray, allFields}},
	"garbage token":         {with: garbage, but: []deviation{leftAlone}},
	"bad json":              {body: `{"csrfToken":`},
	"unknown action":        {},
	"PUT":                   {},
	"HEAD":                  {},
	"signout no csrf x":     {},
	"signout no csrf plain": {},
	"signout x":             {body: "csrfToken=CSRF&callbackUrl=%2Fbye"},
	"signout no session x":  {with: signedOutAtBye, body: "csrfToken=CSRF&callbackUrl=%2Fbye"},

	"signin credentials POST": {with: signedOut, body: "csrfToken=CSRF", json: true},
	"signout GET":             {but: []deviation{ourSignOut}},
	"signin page":             {with: noCookies, but: []deviation{ourSignIn, noFormNoToken}},
	"bad callbackUrl scheme":  {with: signedOut, but: []deviation{noBadScheme}},
	"error page AccessDenied": {with: signedOut, but: []deviation{ourErrorPage}},
	"https first":             {with: noCookies, but: []deviation{onlyWhenNeeded}},
	"https csrf":              {with: signedOut},
}

func TestEveryExchangeIsThatOfAuthJS(t *testing.T) {
	file := readExchanges(t)
	if len(file) != 34 || len(replays) != len(file) {
		t.Errorf("the file has %d exchanges and %d are replayed, want 34 of both", len(file), len(replays))
	}
	for _, strategy := range []string{"jwt", "database"} {
		for _, theirs := range file {
			t.Run(strategy+"/"+theirs.title, func(t *testing.T) {
				how, ok := replays[theirs.title]
				if !ok {
					t.Fatal("no entry says how to make this request")
				}
				v := newVisitor(t, strategy, originOf(theirs))
				if how.with != nil {
					how.with(v)
				}
				declared := how.but
				if strategy == "database" && how.opaque != nil {
					declared = how.opaque
				}
				compare(t, theirs, v.replay(theirs, how), declared)
			})
		}
	}
}

// compare wants our answer to be theirs with the deviations, and each of the
// deviations to be needed for that.
func compare(t *testing.T, theirs, ours exchange, declared []deviation) {
	t.Helper()
	ours = ours.withoutExtras(theirs)
	if want := theirs.edited(declared, -1); ours.String() != want.String() {
		t.Errorf("got\n%swant\n%s", ours, want)
		return
	}
	for i, d := range declared {
		if theirs.edited(declared, i).String() == ours.String() {
			t.Errorf("declared but no deviation any more: %s", d.why)
		}
	}
}

// What Auth.js sets on a first visit comes later here, and is the same then.
func TestTheCookiesOfAFirstVisitComeWhenNeeded(t *testing.T) {
	for _, theirs := range readExchanges(t) {
		if theirs.title != "first session" && theirs.title != "https first" {
			continue
		}
		v := newVisitor(t, "jwt", originOf(theirs))
		noCookies(v)
		csrf := v.do("GET", "/auth/csrf", "", false)
		page := v.do("GET", "/auth/signin?callbackUrl="+url.QueryEscape(v.origin), "", false)
		ours := exchange{cookies: append(maskedCookies(csrf), maskedCookies(page)...)}
		if want := (exchange{cookies: theirs.cookies}); ours.String() != want.String() {
			t.Errorf("%s: got\n%swant\n%s", theirs.title, ours, want)
		}
		v.learnToken(csrf)
		if got := v.jar[0].Value; v.token == "" || !strings.HasPrefix(got, v.token) {
			t.Errorf("%s: the token is %q and its cookie %q, want the cookie to begin with the token", theirs.title, v.token, got)
		}
	}
}

// An update that a profile cannot hold is refused like one without a token.
func TestAnUpdateOfANameTooLongIsRefused(t *testing.T) {
	for length, status := range map[int]int{200: 200, 201: 400, 6000: 400} {
		v := newVisitor(t, "jwt", "http://localhost:3000")
		body := `{"csrfToken":"CSRF","data":{"user":{"name":"` + strings.Repeat("é", length) + `"}}}`
		resp := v.do("POST", "/auth/session", body, false)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != status || status != 200 && (string(text) != `{"message":"Bad Request"}` || len(resp.Cookies()) != 0) {
			t.Errorf("a name of %d characters = %d, %s and %d cookies, want %d, a message and none", length, resp.StatusCode, text, len(resp.Cookies()), status)
		}
	}
}

// The stock client reads the address with new URL, which throws
// at one without an origin.
func TestAClientThatFollowsItselfIsToldWholeAddresses(t *testing.T) {
	v := newVisitor(t, "jwt", "http://localhost:3000")
	for path, want := range map[string]string{
		"/auth/signin?callbackUrl=%2Fapp": "http://localhost:3000/signin?callbackUrl=http%3A%2F%2Flocalhost%3A3000%2Fapp",
		"/auth/signout":                   "http://localhost:3000/signout",
	} {
		resp := v.do("GET", path, "", true)
		var told struct{ URL string }
		if err := json.NewDecoder(resp.Body).Decode(&told); err != nil || resp.StatusCode != 200 || told.URL != want {
			t.Errorf("GET %s = %d, to %q, want 200, to %q", path, resp.StatusCode, told.URL, want)
		}
	}
}
