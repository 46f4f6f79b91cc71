package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
)

// testdata/authjs-exchanges.txt holds what Auth.js itself (@auth/core 0.41.3)
// answered to 34 requests. Each of them is made here again, and the answer is
// to be the same, line by line, but for what is declared as a deviation: on
// purpose, with its reason and with the answer that holds instead.
//
// From top to bottom: the deviations, the requests, the test, and then the
// browser, the file's format and what is masked in it.

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
	everyName = deviation{"setting or clearing the session clears every other name it could have, not only those of the request", coverEveryName}
	allFields = deviation{"the user has all fields, null when there is nothing in them",
		func(e *exchange) { e.body = strings.Replace(e.body, `"email":"ada@example.com"`, `"email":"ada@example.com","image":null`, 1) }}
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
func redirectedTo(url string) deviation {
	return deviation{"the pages of this path lead to our own", func(e *exchange) {
		e.status, e.body, e.header = http.StatusFound, "", map[string]string{"location": url}
	}}
}

func coverEveryName(e *exchange) {
	for _, name := range []string{sessionName, sessionName + ".0", sessionName + ".1", sessionName + ".2", sessionName + ".3"} {
		if !slices.ContainsFunc(e.cookies, func(line string) bool { return strings.HasPrefix(line, name+"=") }) {
			e.cookies = append(e.cookies, name+"=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax")
		}
	}
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
	"evil callback x":       {with: signedOut, body: signInRight + "&callbackUrl=https%3A%2F%2Fevil.example%2Fx", but: []deviation{everyName}},
	"slashslash callback x": {with: signedOut, body: signInRight + "&callbackUrl=%2F%2Fevil.example%2Fx", but: []deviation{ownOrigin, everyName}},
	"unknown provider x":    {with: signedOut, body: signInRight},
	"good x":                {with: signedOut, body: signInRight + "&callbackUrl=%2Fapp%3Fx%3D1", but: []deviation{everyName}},

	"session":               {but: []deviation{notReissued, allFields}},
	"update no csrf":        {body: `{"data":{"name":"Ada"}}`},
	"update big":            {body: `{"csrfToken":"CSRF","data":{"name":"Ada","more":"` + strings.Repeat("x", 6000) + `"}}`, but: []deviation{whitelist, everyName, allFields}},
	"session chunked":       {with: chunked, but: []deviation{notReissued, allFields}},
	"update small":          {with: chunked, body: `{"csrfToken":"CSRF","data":{"name":"Ada"}}`, but: []deviation{everyName, allFields}},
	"leftover mix":          {with: leftover, but: []deviation{strayIsStray, allFields}},
	"reordered two copies":  {with: secondCopy, but: []deviation{strayIsStray, allFields}},
	"garbage token":         {with: garbage, but: []deviation{everyName}},
	"bad json":              {body: `{"csrfToken":`},
	"unknown action":        {},
	"PUT":                   {},
	"HEAD":                  {},
	"signout no csrf x":     {},
	"signout no csrf plain": {},
	"signout x":             {body: "csrfToken=CSRF&callbackUrl=%2Fbye", but: []deviation{everyName}},
	"signout no session x":  {with: signedOutAtBye, body: "csrfToken=CSRF&callbackUrl=%2Fbye"},

	"signin credentials POST":  {with: signedOut, body: "csrfToken=CSRF", json: true},
	"signout GET":              {but: []deviation{ourSignOut}},
	"signin page":              {with: noCookies, but: []deviation{ourSignIn, noFormNoToken}},
	"bad callbackUrl scheme":   {with: signedOut, but: []deviation{noBadScheme}},
	"error page AccessDenied":  {with: signedOut, but: []deviation{ourErrorPage}},
	"https first":              {with: noCookies, but: []deviation{onlyWhenNeeded}},
	"https csrf":               {with: signedOut},
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
				compare(t, theirs, v.replay(theirs, how), how.but)
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
		if !strings.HasSuffix(theirs.title, "first session") && theirs.title != "https first" {
			continue
		}
		v := newVisitor(t, "jwt", originOf(theirs))
		noCookies(v)
		csrf := v.do("GET", "/auth/csrf", "", false)
		page := v.do("GET", "/auth/signin?callbackUrl=https%3A%2F%2Fevil.example", "", false)
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
	v := newVisitor(t, "jwt", "http://localhost:3000")
	for length, status := range map[int]int{100: 200, 101: 400, 6000: 400} {
		body := `{"csrfToken":"CSRF","data":{"user":{"name":"` + strings.Repeat("é", length) + `"}}}`
		resp := v.do("POST", "/auth/session", body, false)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != status || status != 200 && (string(text) != "null" || len(resp.Cookies()) != 0) {
			t.Errorf("a name of %d characters = %d, %s and %d cookies, want %d, null and none", length, resp.StatusCode, text, len(resp.Cookies()), status)
		}
	}
}

// visitor is a browser that runs the stock client. Its jar is a list, because
// the order of cookies is part of some exchanges.
type visitor struct {
	t      *testing.T
	world  *world
	origin string
	jar    []*http.Cookie
	token  string // the CSRF token; "" = never asked for
}

// newVisitor returns the only user of a new site, Ada, signed in and with the
// CSRF and callback URL cookies that her browser would have from Auth.js.
func newVisitor(t *testing.T, strategy, origin string) *visitor {
	t.Helper()
	w := newWorld(t, memory{authtest.NewStore()}, strategy)
	secure := strings.HasPrefix(origin, "https:")
	w.front.URL = origin // nothing goes through the front here: the handler is called
	w.cfg.Cookie = authjs.SessionCookie(secure)
	w.deploy()
	v := &visitor{t: t, world: w, origin: origin}
	v.do("POST", "/signup", "name=Ada&email=ada%40example.com&password=seven+quiet+ships+at+noon", false)
	if len(v.jar) != 1 {
		t.Fatalf("signing up leaves %d cookies, want the session's", len(v.jar))
	}
	v.set(&http.Cookie{Name: authjs.CallbackCookieName(secure), Value: authjs.EncodeValue(origin)})
	v.learnToken(v.do("GET", "/auth/csrf", "", false))
	return v
}

func (v *visitor) learnToken(resp *http.Response) {
	var csrf struct{ CSRFToken string }
	json.NewDecoder(resp.Body).Decode(&csrf) // a page instead of JSON leaves the token empty
	v.token = csrf.CSRFToken
}

func noCookies(v *visitor) { v.jar = nil }

func signedOut(v *visitor) {
	v.jar = slices.DeleteFunc(v.jar, func(c *http.Cookie) bool { return strings.HasSuffix(c.Name, sessionName) })
}

func signedOutAtBye(v *visitor) {
	signedOut(v)
	v.set(&http.Cookie{Name: "authjs.callback-url", Value: authjs.EncodeValue(v.origin + "/bye")})
}

// overTheLimit leaves Ada's session to another browser, and allows no second.
func overTheLimit(v *visitor) {
	signedOut(v)
	v.world.cfg.Limit, v.world.cfg.Policy = 1, auth.Deny
	v.world.deploy()
}

// chunked spreads the session over three cookies.
func chunked(v *visitor) {
	value := v.session()
	signedOut(v)
	for i, piece := range []string{value[:10], value[10:20], value[20:]} {
		v.set(&http.Cookie{Name: sessionName + "." + strconv.Itoa(i), Value: piece})
	}
}

func leftover(v *visitor) { v.set(&http.Cookie{Name: sessionName + ".1", Value: "left-over"}) }

func secondCopy(v *visitor) {
	v.jar = slices.Insert(v.jar, 0, &http.Cookie{Name: sessionName + "-legacy", Value: v.session()})
}

func garbage(v *visitor) { v.set(&http.Cookie{Name: sessionName, Value: "garbage"}) }

func (v *visitor) session() string {
	i := slices.IndexFunc(v.jar, func(c *http.Cookie) bool { return c.Name == sessionName })
	return v.jar[i].Value
}

// set does what a browser does with a Set-Cookie line.
func (v *visitor) set(c *http.Cookie) {
	v.jar = slices.DeleteFunc(v.jar, func(old *http.Cookie) bool { return old.Name == c.Name })
	if c.MaxAge >= 0 {
		v.jar = append(v.jar, c)
	}
}

func (v *visitor) replay(theirs exchange, how replay) exchange {
	wantsJSON := how.json || strings.HasSuffix(theirs.title, " x")
	return recorded(theirs, v.do(theirs.method, theirs.path, how.body, wantsJSON))
}

// do sends what a page of the site would.
func (v *visitor) do(method, path, body string, wantsJSON bool) *http.Response {
	body = strings.Replace(body, "CSRF", v.token, 1)
	r := httptest.NewRequest(method, v.origin+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPost && !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Origin", v.origin)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if wantsJSON {
		r.Header.Set("X-Auth-Return-Redirect", "1")
	}
	for _, c := range v.jar {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	recorder := httptest.NewRecorder()
	v.world.handler().ServeHTTP(recorder, r)
	resp := recorder.Result()
	for _, c := range resp.Cookies() {
		v.set(c)
	}
	return resp
}

// exchange is one answer, with everything masked that is new each time.
type exchange struct {
	title, method, path string
	status              int
	header              map[string]string // by lower-case name, one of headers
	cookies             []string          // Set-Cookie lines, attributes in alphabetical order
	body                string
}

// headers are the ones that the file shows, besides Set-Cookie.
var headers = []string{"cache-control", "content-type", "expires", "location", "pragma"}

// String is the exchange in the format of the file. The order of cookies of
// different names does not matter to a browser.
func (e exchange) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "  status %d\n", e.status)
	for _, name := range slices.Sorted(maps.Keys(e.header)) {
		fmt.Fprintf(&out, "  %s: %s\n", name, e.header[name])
	}
	for _, line := range slices.Sorted(slices.Values(e.cookies)) {
		fmt.Fprintf(&out, "  set-cookie: %s\n", line)
	}
	fmt.Fprintf(&out, "  body: %.300s\n", e.body)
	return out.String()
}

// edited is a copy with the deviations, all but the one at skip.
func (e exchange) edited(by []deviation, skip int) exchange {
	e.header, e.cookies = maps.Clone(e.header), slices.Clone(e.cookies)
	for i, d := range by {
		if i != skip {
			d.edit(&e)
		}
	}
	return e
}

func (e *exchange) drop(cookie string) {
	e.cookies = slices.DeleteFunc(e.cookies, func(line string) bool { return strings.HasPrefix(line, cookie+"=") })
}

// withoutExtras is our answer without what may always be added: that no cache
// may keep it, and the link that net/http puts into a redirect for people.
func (e exchange) withoutExtras(theirs exchange) exchange {
	for name, allowed := range map[string]string{"cache-control": "no-store", "expires": "0", "pragma": "no-cache"} {
		if theirs.header[name] == "" && strings.Contains(e.header[name], allowed) {
			delete(e.header, name)
		}
	}
	if e.method == http.MethodGet && e.status == http.StatusFound {
		e.body = ""
		delete(e.header, "content-type")
	}
	return e
}

// recorded is our answer to the request of theirs.
func recorded(theirs exchange, resp *http.Response) exchange {
	ours := exchange{method: theirs.method, status: resp.StatusCode, header: map[string]string{}, cookies: maskedCookies(resp)}
	for _, name := range headers {
		if value := resp.Header.Get(name); value != "" {
			ours.header[name] = value
		}
	}
	text, _ := io.ReadAll(resp.Body) // the recorder's: cannot fail
	ours.body = maskedBody(string(text), ours)
	return ours
}

func maskedCookies(resp *http.Response) []string {
	var lines []string
	for _, line := range resp.Header["Set-Cookie"] {
		lines = append(lines, maskedCookie(line))
	}
	return lines
}

func originOf(e exchange) string {
	if strings.HasPrefix(e.title, "https ") {
		return "https://app.example"
	}
	return "http://localhost:3000"
}

var (
	titleLine  = regexp.MustCompile(`^### (.+): ([A-Z]+) (/\S+)$`)
	statusLine = regexp.MustCompile(`^status (\d+)$`)
	headerLine = regexp.MustCompile(`^  ([a-z-]+): ?(.*)$`)
)

// readExchanges reads the file. Of the lines between exchanges, the names in
// the jar are left out: the cookies of the next exchange follow from them.
func readExchanges(t *testing.T) []exchange {
	t.Helper()
	text, err := os.ReadFile("testdata/authjs-exchanges.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []exchange
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := titleLine.FindStringSubmatch(line); m != nil {
			all = append(all, exchange{title: m[1], method: m[2], path: m[3], header: map[string]string{}})
		} else if m := statusLine.FindStringSubmatch(line); m != nil {
			all[len(all)-1].status, _ = strconv.Atoi(m[1])
		} else if m := headerLine.FindStringSubmatch(line); m != nil {
			all[len(all)-1].add(m[1], m[2])
		}
	}
	return all
}

func (e *exchange) add(name, value string) {
	switch name {
	case "set-cookie":
		e.cookies = append(e.cookies, maskedCookie(value))
	case "body":
		e.body = maskedBody(value, *e)
	default:
		e.header[name] = value
	}
}

// masks hide what is random or a time, and nothing of another shape. The file
// has long values shortened in the middle.
var masks = []struct {
	shape *regexp.Regexp
	mask  string
}{
	{regexp.MustCompile(`^([\w.-]*csrf-token=)[0-9a-f]{64}%7C[0-9a-f]{64};`), "$1<csrf>;"},
	{regexp.MustCompile(`^([\w.-]*csrf-token=)[0-9a-f]{45}\.\.\.\[\d+ chars\]\.\.\.[0-9a-f]+;`), "$1<csrf>;"},
	{regexp.MustCompile(`^(authjs\.session-token(?:\.\d)?=)\w+\.\.\.\[\d+ chars\]\.\.\.[\w-]+;`), "$1<session>;"},
	{regexp.MustCompile(`^(authjs\.session-token=)eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia[\w-]+\.(?:\.[\w-]+){3};`), "$1<session>;"},
	{regexp.MustCompile(`^(authjs\.session-token=)[\w-]{43};`), "$1<session>;"}, // the database strategy's
	{regexp.MustCompile(`; Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`), "; Expires=<time>"},
	{regexp.MustCompile(`"expires":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`), `"expires":"<time>"`},
	{regexp.MustCompile(`"csrfToken":"[0-9a-f]{64}"`), `"csrfToken":"<csrf>"`},
}

func masked(text string) string {
	for _, m := range masks {
		text = m.shape.ReplaceAllString(text, m.mask)
	}
	return text
}

func maskedCookie(line string) string {
	parts := strings.Split(masked(line), "; ")
	slices.Sort(parts[1:])
	return strings.Join(parts, "; ")
}

// maskedBody is JSON with its names in order, or the word html for a page. An
// answer to HEAD has no body on the wire, whatever a handler writes.
func maskedBody(text string, e exchange) string {
	if e.method == http.MethodHead {
		return ""
	}
	if strings.HasPrefix(e.header["content-type"], "text/html") {
		return cmp.Or(text, "nothing")[:1] + "html"
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.Encode(value) // was JSON a moment ago
	return masked(strings.TrimSuffix(out.String(), "\n"))
}
