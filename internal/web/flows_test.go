package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// The main flows, each under both strategies on both databases.
var flows = map[string]func(t *testing.T, w *webtest.Site){
	"sign up, look around, sign out, sign in":            signUpAndIn,
	"a guest is brought back to the page he wanted":      broughtBack,
	"a wrong password says so and keeps the address":     wrongPassword,
	"a bad sign-up says what is wrong at each field":     badSignUp,
	"devices are listed and ended one by one":            devicesOneByOne,
	"the other devices are signed out":                   othersOut,
	"all devices are signed out":                         allOut,
	"nobody ends another user's session":                 notAnothers,
	"a sign-in over the limit evicts and says so":        evicted,
	"deny offers to sign out the others":                 denied,
	"deny offers to sign out one of the others":          deniedAndChosen,
	"the session endpoint says who is signed in":         sessionEndpoint,
	"signing out is by POST, final, and may be repeated": signingOut,
	"a stolen cookie dies with its session everywhere":   stolen,
	"activity keeps a session, up to its absolute end":   lifetimes,
	"changing the strategy signs nobody out":             flipped,
	"signing in again replaces the session":              again,
	"a late poll does not delete a new session":          latePoll,
	"nobody is sent back and forth":                      noLoops,
	"ids that no database would take are nobody's":       oddIDs,
}

func TestFlows(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		for name, flow := range flows {
			t.Run(name, func(t *testing.T) {
				own := webtest.New(t, w.Database, w.Auth.Strategy)
				flow(t, own)
			})
		}
	})
}

func signUpAndIn(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.Browser()
	b.Get("/").Shows(200, w.Auth.Strategy)
	b.Get("/signup").Shows(200, `name="email"`, `name="password"`, "15")
	b.Post("/signup", "name", "Ada Lovelace", "email", strings.ToUpper(ada), "password", webtest.Password).
		RedirectsTo("/dashboard").Shows(200, "Ada")
	b.Get("/account/sessions").Shows(200, "Firefox on Windows", "127.0.0.1")
	b.Post("/signout").RedirectsTo("/signin?reason=signout").Shows(200, "You&#39;re signed out.")
	if b.Session() != "" {
		t.Error("the session cookie is still there after signing out")
	}
	b.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard")
	b.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard").Shows(200, "Ada")
	b.Get("/signin").RedirectsTo("/dashboard")
}

func broughtBack(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	w.SignUp(ada)
	b := w.Browser()
	form := b.Get("/account/sessions?show=20").RedirectsTo("/signin?callbackUrl=%2Faccount%2Fsessions%3Fshow%3D20")
	form.Shows(200, `value="/account/sessions?show=20"`)
	b.Post("/signin", "email", ada, "password", webtest.Password, "callbackUrl", "/account/sessions?show=20").
		RedirectsTo("/account/sessions?show=20").Shows(200)
	c := w.Browser()
	c.Post("/signin", "email", ada, "password", webtest.Password, "callbackUrl", "https://evil.example/").RedirectsTo("/dashboard")
}

func wrongPassword(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	w.SignUp(ada)
	b := w.Browser()
	wrong := b.Post("/signin", "email", ada, "password", "not the right one, this", "callbackUrl", "/account/sessions")
	wrong.Shows(422, `role="alert"`, `value="`+ada+`"`, `value="/account/sessions"`).Lacks("not the right one")
	unknown := w.Browser().Post("/signin", "email", "x"+ada, "password", "not the right one, this", "callbackUrl", "/account/sessions")
	if mask(unknown.Text, "x"+ada) != mask(wrong.Text, ada) { // LG-1
		t.Error("the page for an unknown address differs from the one for a wrong password")
	}
	if b.Session() != "" {
		t.Error("a failed sign-in set a session cookie")
	}
}

var nonces = regexp.MustCompile(`(nonce|data-now)="[^"]*"|name="form" value="[^"]*"`)

// mask hides what may differ between two pages.
func mask(page, email string) string {
	return strings.NewReplacer(email, "EMAIL", url.QueryEscape(email), "EMAIL").Replace(nonces.ReplaceAllString(page, ""))
}

func badSignUp(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.Browser()
	b.Post("/signup", "name", "Ada <b>", "email", "nope", "password", "secret one").
		Shows(422, `field-error`, `aria-invalid="true"`, "aria-describedby", "Ada &lt;b&gt;", `value="nope"`, "at least 15").
		Lacks("secret one", "<b>")
	w.SignUp(ada)
	b.Post("/signup", "email", ada, "password", "eleven slow trains at dawn").Shows(422, "already has an account")
	b.Post("/signup", "email", "x"+ada, "password", "passwordpassword").Shows(422, "common words that attackers try")
	if b.Session() != "" {
		t.Error("a failed sign-up set a session cookie")
	}
}

var endForm = regexp.MustCompile(`action="/account/sessions/([\w-]+)/end[#"]`)

func devicesOneByOne(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	phone := w.Browser()
	phone.Agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	phone.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")

	list := b.Get("/account/sessions").Shows(200, "Firefox on Windows", "Safari on iPhone")
	ids := endForm.FindAllStringSubmatch(list.Text, -1)
	if len(ids) != 1 {
		t.Fatalf("the list has %d forms to end another device, want 1", len(ids))
	}
	left := b.Post("/account/sessions/"+ids[0][1]+"/end").RedirectsTo("/account/sessions").Shows(200, "The device is signed out.", "1 of 3")
	if endForm.MatchString(left.Text) {
		t.Error("another device is still listed")
	}
	b.Post("/account/sessions/" + ids[0][1] + "/end").RedirectsTo("/account/sessions")
	phone.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=device").Shows(200, "signed out from another device")
	b.Get("/dashboard").Shows(200)
}

func othersOut(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b, c := w.SignUp(ada), w.Browser()
	c.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	b.Post("/account/sessions/end-others").RedirectsTo("/account/sessions").Shows(200, "All other devices are signed out.")
	c.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=everywhere").Shows(200, "signed out everywhere")
	b.Get("/dashboard").Shows(200)
}

func allOut(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b, c := w.SignUp(ada), w.Browser()
	c.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	b.Post("/account/sessions/end-all").RedirectsTo("/signin?reason=everywhere")
	for _, x := range []*webtest.Browser{b, c} {
		if got := x.Get("/dashboard"); got.StatusCode != 303 {
			t.Errorf("a device answers %d after all were signed out, want 303", got.StatusCode)
		}
	}
}

func notAnothers(t *testing.T, w *webtest.Site) {
	ada, bob := w.SignUp(webtest.Email(t)), w.SignUp("bob"+webtest.Email(t))
	phone := ada.Copy()
	w.Browser().Post("/signin", "email", webtest.Email(t), "password", webtest.Password)
	list := ada.Get("/account/sessions")
	id := endForm.FindStringSubmatch(list.Text)[1]
	bob.Post("/account/sessions/" + id + "/end").RedirectsTo("/account/sessions")
	bob.Post("/account/sessions/end-others")
	phone.Get("/dashboard").Shows(200)
	ada.Get("/account/sessions").Shows(200, id)
}

func evicted(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	first := w.SignUp(ada)
	for range 3 {
		w.Wait(time.Second)
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	}
	if body := first.Get("/auth/session").Shows(200, "null"); body.Header.Get("Session-Ended") != "limit" {
		t.Errorf("the evicted browser's poll says Session-Ended %q, want limit", body.Header.Get("Session-Ended"))
	}
	// Told by the sign-in page itself, too, while the browser still has the cookie.
	second := w.SignUp("x" + ada)
	thief := second.Copy()
	for range 3 {
		w.Wait(time.Second)
		w.Browser().Post("/signin", "email", "x"+ada, "password", webtest.Password).RedirectsTo("/dashboard")
	}
	second.Get("/signin").Shows(200, "signed in on another device")
	second.Get("/signin").Shows(200).Lacks("signed in on another device") // once
	thief.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=limit").Shows(200, "signed in on another device")
}

var proofField = regexp.MustCompile(`name="proof" value="([^"]+)"`)

func denied(t *testing.T, w *webtest.Site) {
	w.Auth.Policy, w.Auth.Limit = auth.PolicyDeny, 2
	w.Deploy()
	ada := webtest.Email(t)
	first, second, third := w.SignUp(ada), w.Browser(), w.Browser()
	second.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	full := third.Post("/signin", "email", ada, "password", webtest.Password, "callbackUrl", "/account/sessions").
		Shows(409, "Firefox on Windows", "/account/sessions")
	if third.Session() != "" {
		t.Error("a denied sign-in set a session cookie")
	}
	first.Get("/dashboard").Shows(200)
	proof := proofField.FindStringSubmatch(full.Text)[1]
	third.Post("/signin/continue", "proof", "x"+proof).Shows(422, "no longer valid")
	third.Post("/signin/continue", "proof", proof, "callbackUrl", "/account/sessions").RedirectsTo("/account/sessions").Shows(200)
	first.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=limit")
	w.Browser().Post("/signin/continue", "proof", proof).Shows(422, "no longer valid")
}

var deviceField = regexp.MustCompile(`name="device" value="([^"]+)"`)

func deniedAndChosen(t *testing.T, w *webtest.Site) {
	w.Auth.Policy, w.Auth.Limit = auth.PolicyDeny, 2
	w.Deploy()
	ada := webtest.Email(t)
	first, second, third := w.SignUp(ada), w.Browser(), w.Browser()
	w.Wait(time.Second)
	second.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	full := third.Post("/signin", "email", ada, "password", webtest.Password).Shows(409, "Choose one")
	proof, devices := proofField.FindStringSubmatch(full.Text)[1], deviceField.FindAllStringSubmatch(full.Text, -1)
	if len(devices) != 2 {
		t.Fatalf("the page offers %d devices, want both: %q", len(devices), devices)
	}
	third.Post("/signin/continue", "proof", proof, "device", "somebody-elses").Shows(422, "no longer valid")
	third.Post("/signin/continue", "proof", proof, "device", devices[0][1]).RedirectsTo("/dashboard").Shows(200)
	first.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=limit") // the least recently used one comes first
	second.Get("/dashboard").Shows(200)
}

func sessionEndpoint(t *testing.T, w *webtest.Site) {
	guest := w.Browser().Get("/auth/session").Shows(200)
	if guest.Text != "null" || len(guest.Cookies()) != 0 {
		t.Errorf("GET /auth/session of a guest = %q and %d cookies, want null and none", guest.Text, len(guest.Cookies()))
	}
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	got := b.Get("/auth/session").Shows(200)
	for name, want := range map[string]string{ // authjs.md §5
		"Cache-Control": "private, no-cache, no-store", "Expires": "0", "Pragma": "no-cache", "Content-Type": "application/json",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
	var session struct {
		User    map[string]any
		Expires string
	}
	if err := json.Unmarshal([]byte(got.Text), &session); err != nil {
		t.Fatalf("GET /auth/session = %s: %v", got.Text, err)
	}
	if session.User["email"] != ada || session.User["name"] != "Ada Lovelace" || session.User["image"] != nil || len(session.User) != 3 {
		t.Errorf("user = %v, want Ada's name, address and image", session.User)
	}
	expires, err := time.Parse("2006-01-02T15:04:05.000Z", session.Expires)
	if left := expires.Sub(w.Now()); err != nil || left < 23*time.Hour || left > 24*time.Hour {
		t.Errorf("expires = %q, in %v, want an ISO time in a day", session.Expires, left)
	}
	b.Do("POST", "/auth/nothing", "application/json", "{}").Shows(400, `"Bad request."`)
}

func signingOut(t *testing.T, w *webtest.Site) { // SE-6, CS-4
	b := w.SignUp(webtest.Email(t))
	b.Get("/signout").Shows(200, `action="/signout"`, `method="post"`)
	b.Get("/dashboard").Shows(200)
	saved := b.Copy()
	out := b.Post("/signout")
	if out.Header.Get("Clear-Site-Data") != "" { // it took two seconds in a browser with a full cache
		t.Error("signing out sends Clear-Site-Data")
	}
	if n := len(slices.DeleteFunc(out.Cookies(), func(c *http.Cookie) bool { return c.Value != "" })); n != 2 {
		t.Errorf("signing out deletes %d cookies, want the session's and its companion", n)
	}
	b.Post("/signout").RedirectsTo("/signin?reason=signout")
	saved.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=tab")
	saved.Post("/signout").RedirectsTo("/signin?reason=signout")
	b.Get("/signout").RedirectsTo("/")
}

func stolen(t *testing.T, w *webtest.Site) { // SE-6, RV-1
	b := w.SignUp(webtest.Email(t))
	old := b.Copy()
	w.Wait(10 * time.Minute)
	b.Get("/dashboard").Shows(200) // renews
	thief := b.Copy()
	other := w.Instance()
	thief.Get("/dashboard").Shows(200)
	b.Post("/signout")

	for _, x := range []*webtest.Browser{old, thief} {
		copied := x.Copy()
		if got := x.Get("/auth/session"); got.Text != "null" {
			t.Errorf("a stolen cookie gets %s on the instance that ended the session, want null", got.Text)
		}
		here := w.Handler()
		w.Use(other)
		ended := webtest.Eventually(func() bool {
			got := copied.Copy().Get("/auth/session")
			return got.StatusCode == http.StatusOK && got.Text == "null"
		})
		if !ended {
			t.Error("a stolen cookie still answers on another instance")
		}
		w.Use(here)
	}
}

func lifetimes(t *testing.T, w *webtest.Site) { // SE-4, SE-5
	b := w.SignUp(webtest.Email(t))
	idle := b.Copy()
	for range 71 {
		w.Wait(time.Hour)
		b.Get("/dashboard").Shows(200)
	}
	w.Wait(59 * time.Minute)
	b.Get("/dashboard").Shows(200)
	w.Wait(2 * time.Minute)
	b.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard&reason=expired").Shows(200, "session expired")
	if got := idle.Get("/auth/session"); got.Text != "null" {
		t.Errorf("a cookie unused for days gets %s, want null", got.Text)
	}
}

func flipped(t *testing.T, w *webtest.Site) {
	b := w.SignUp(webtest.Email(t))
	kind := func() bool { return strings.Count(b.Session(), ".") == 4 }
	before := kind()
	w.Auth.Strategy = map[string]string{"jwt": "database", "database": "jwt"}[w.Auth.Strategy]
	w.Deploy()
	b.Get("/dashboard").Shows(200, "Ada")
	if kind() == before {
		t.Error("the cookie was not replaced by one of the strategy in force")
	}
	b.Get("/dashboard").Shows(200, "Ada")
	b.Post("/signout")
	b.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard")
}

func again(t *testing.T, w *webtest.Site) { // SE-1
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	old := b.Copy()
	b.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	if b.Session() == old.Session() {
		t.Error("signing in again kept the cookie")
	}
	if n := len(endForm.FindAllString(b.Get("/account/sessions").Text, -1)); n != 0 {
		t.Errorf("%d other devices after signing in again in one browser, want 0", n)
	}
	target := old.Get("/dashboard").Header.Get("Location")
	if u, _ := url.Parse(target); u.Path != "/signin" {
		t.Errorf("the replaced cookie leads to %q, want the sign-in page", target)
	}
}

// SE-7, the other way round: the answer to an evicted browser's poll comes after
// that of its next sign-in.
func latePoll(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	for range 3 {
		w.Wait(time.Second)
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password)
	}
	late := b.Copy().Get("/auth/session").Shows(200, "null")
	b.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	b.Client.Jar.SetCookies(b.Origin(), late.Cookies())
	b.Get("/dashboard").Shows(200)
}

func noLoops(t *testing.T, w *webtest.Site) {
	b := w.SignUp(webtest.Email(t))
	for _, path := range []string{
		"/signin?callbackUrl=/signin", "/signin?callbackUrl=%2Fsignin%3FcallbackUrl%3D%2Fsignup", "/signup?callbackUrl=/signin%23x",
		"/signin?callbackUrl=/x/../signin", "/signin?callbackUrl=/signin/",
	} {
		b.Follow(path).Shows(200, "Ada")
	}
	// The cookie is good, but the row is gone: another database, say.
	if _, err := w.Database.Collect(t.Context(), w.Now().Add(1000*time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.Follow("/account/sessions").Shows(200, `action="/signin"`)
	b.Follow("/dashboard").Shows(200, `action="/signin"`)
}

func oddIDs(t *testing.T, w *webtest.Site) {
	b := w.SignUp(webtest.Email(t))
	for _, id := range []string{"%00", "%ff", "%C3%28"} {
		b.Post("/account/sessions/"+id+"/end").Shows(422, "Check the form")
	}
	for _, id := range []string{"'%20OR%201=1--", strings.Repeat("x", 2000)} {
		b.Post("/account/sessions/" + id + "/end").RedirectsTo("/account/sessions")
	}
	for _, user := range []string{"\x00", "\xff"} {
		w.Browser().Post("/signin/continue", "proof", user+".9999999999.x").Shows(422)
	}
	for _, user := range []string{"nobody", strings.Repeat("x", 2000)} {
		w.Browser().Post("/signin/continue", "proof", user+".9999999999.x").Shows(422, "no longer valid")
	}
	w.Browser().Post("/signin", "email", "ada\x00@example.com", "password", "\x00\xff").Shows(422)
	w.Browser().Post("/signup", "email", webtest.Email(t)+"x", "name", "A\x00", "password", webtest.Password).Shows(422)
}
