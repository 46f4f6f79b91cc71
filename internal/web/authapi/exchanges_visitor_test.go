package authapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
	"latchkey/internal/web/webtest"
)

// visitor is a browser that runs the stock client. Its jar is a list, because
// the order of cookies is part of some exchanges.
type visitor struct {
	t      *testing.T
	site   *webtest.Site
	origin string
	jar    []*http.Cookie
	token  string // the CSRF token; "" = never asked for
}

// newVisitor returns the only user of a new site, Ada, signed in and with the
// CSRF and callback URL cookies that her browser would have from Auth.js.
func newVisitor(t *testing.T, strategy, origin string) *visitor {
	t.Helper()
	w := webtest.New(t, webtest.NewMemory(), strategy)
	secure := strings.HasPrefix(origin, "https:")
	w.URL = origin // nothing goes through the front here: the handler is called
	w.Edge.Cookie = authjs.SessionCookie(secure)
	w.Deploy()
	v := &visitor{t: t, site: w, origin: origin}
	v.do("POST", "/signup", "name=Ada&email=ada%40example.com&password=seven+quiet+ships+at+noon", false)
	if !slices.ContainsFunc(v.jar, isSession) {
		t.Fatalf("signing up leaves %d cookies and none is the session's", len(v.jar))
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
	v.jar = slices.DeleteFunc(v.jar, isSession)
}

func isSession(c *http.Cookie) bool { return strings.HasSuffix(c.Name, sessionName) }

func signedOutAtBye(v *visitor) {
	signedOut(v)
	v.set(&http.Cookie{Name: "authjs.callback-url", Value: authjs.EncodeValue(v.origin + "/bye")})
}

// overTheLimit leaves Ada's session to another browser, and allows no second.
func overTheLimit(v *visitor) {
	signedOut(v)
	v.site.Auth.Limit, v.site.Auth.Policy = 1, auth.PolicyDeny
	v.site.Deploy()
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
	return v.jar[slices.IndexFunc(v.jar, isSession)].Value
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
	answer := v.do(theirs.method, theirs.path, how.body, wantsJSON)
	// One cookie of ours comes with every sign-in, by which the account knows the browser
	// again. Clients of Auth.js pass it by.
	answer.Header["Set-Cookie"] = slices.DeleteFunc(answer.Header["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(strings.TrimPrefix(line, "__Host-"), "device=")
	})
	return recorded(theirs, answer)
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
	v.site.Handler().ServeHTTP(recorder, r)
	resp := recorder.Result()
	for _, c := range resp.Cookies() {
		v.set(c)
	}
	return resp
}
