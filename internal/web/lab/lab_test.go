package lab_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/lab"
	"latchkey/internal/web/webtest"
)

var labFlows = map[string]func(t *testing.T, w *webtest.Site){
	"what a request costs is told":                      labCosts,
	"the page shows what the cookie carries":            labCookieFacts,
	"the token becomes large and small again":           labWeight,
	"a practice device is signed in and out":            labPractice,
	"a practice device keeps to the limit":              labPracticeLimit,
	"a practice device is its user's alone":             labPracticeOwner,
	"expire now leads to the sign-in page, with reason": labExpires,
	"a dropped connection is back after 20 seconds":     labDrops,
	"the live parts are for who is signed in":           labLive,
}

func TestTheLab(t *testing.T) {
	for name, flow := range labFlows {
		for _, strategy := range []string{"jwt", "database"} {
			t.Run(name+"/memory/"+strategy, func(t *testing.T) { flow(t, labSite(t, webtest.NewMemory(), strategy)) })
			t.Run(name+"/sqlite/"+strategy, func(t *testing.T) { flow(t, labSite(t, webtest.OpenSQLite(t), strategy)) })
		}
	}
}

func labSite(t *testing.T, db webtest.Database, strategy string) *webtest.Site {
	s := webtest.New(t, db, strategy)
	s.SwitchOn("LAB")
	return s
}

func TestWithoutTheLabThereIsNone(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	for request, status := range map[string]int{
		"GET /lab": 404, "GET /lab/live": 404, "POST /lab/large": 404, "POST /lab/small": 404, "POST /lab/expire": 404,
		"POST /lab/drop": 404, "POST /lab/practice": 404, "POST /lab/practice/end": 404, "GET /lab/ping": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		b.Do(method, path, "application/x-www-form-urlencoded", "").Shows(status)
	}
	page := b.Get("/dashboard").Shows(200).Lacks(`href="/lab"`)
	if got := page.Header.Get("Server-Timing"); got != "" {
		t.Errorf("without the lab a page says Server-Timing %q, want nothing", got)
	}
}

func costs(a *webtest.Answer, queries string) *webtest.Answer {
	a.Browser.T.Helper()
	if got := a.Header.Get("Server-Timing"); got != `db;desc="`+queries+`"` {
		a.Browser.T.Errorf("%s says Server-Timing %q, want %s", a.Request, got, queries)
	}
	return a
}

// script sends what a script on the page would: a request that is no navigation.
func script(b *webtest.Browser, path string) *webtest.Answer {
	b.T.Helper()
	b.Header.Set("Sec-Fetch-Mode", "cors")
	defer b.Header.Del("Sec-Fetch-Mode")
	return b.Get(path)
}

func labCosts(t *testing.T, w *webtest.Site) {
	b := w.SignUp(webtest.Email(t))
	costs(b.Get("/account/appearance"), "0").Shows(200, `<a href="/lab">`)
	costs(b.Get("/auth/session"), "0")
	costs(b.Get("/lab"), "0").Shows(200, "<strong>0</strong> the last check still counts")
	costs(b.Get("/account/sessions"), "3") // asks afresh, for the list and for the sign-ins
	w.Wait(5 * time.Minute)
	costs(b.Get("/lab"), "1").Shows(200, "<strong>1</strong> a check was due")
	costs(b.Get("/account/appearance"), "0")
	w.Wait(5 * time.Minute)
	costs(script(b, "/auth/session"), "1") // a poll renews, too
	costs(b.Get("/account/appearance"), "0")
	costs(w.Browser().Get("/auth/session"), "0")
}

func labCookieFacts(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	page := b.Get("/lab").Shows(200, "Session lab", "Strategy: "+w.Auth.Strategy, "in one cookie").Lacks(b.Session())
	if w.Auth.Strategy == "database" {
		page.Shows(200, "<strong>43 <small>bytes</small></strong>", b.Session()[:6]+"…", "SHA-256").Lacks(b.Session()[:7], "<code>vat</code>")
		return
	}
	page.Shows(200, "<code>sub</code>", "<code>vat</code>", "<code>abs</code>", "in 1 day", "in 3 days").Lacks("A random number")
	size := regexp.MustCompile(`<strong>(\d+) <small>bytes`).FindStringSubmatch(page.Text)
	if want := len(b.Session()); size == nil || size[1] != strconv.Itoa(want) {
		t.Errorf("the page says the cookie has %v bytes, want %d", size, want)
	}
}

// request is one that the browser's cookies go with, for what is served without
// the world's own instance.
func request(b *webtest.Browser, method, path string) *http.Request {
	r := httptest.NewRequest(method, b.Site.URL+path, nil)
	r.RequestURI = "" // as a client sends it
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		r.AddCookie(c)
	}
	return r
}

// chunks counts the cookies that the browser holds of its session.
func chunks(b *webtest.Browser) (n int) {
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		if strings.HasPrefix(c.Name, "__Secure-authjs.session-token") {
			n++
		}
	}
	return n
}

// behind is the middleware of another instance's pages.
func behind(w *webtest.Site, service *auth.Service) func(http.Handler) http.Handler {
	edge := w.Edge
	edge.Sessions = service
	return edge.Middleware(authhttp.Page)
}

// roles of the user of a browser, as the engine knows them.
func roles(w *webtest.Site, b *webtest.Browser) []string {
	w.T.Helper()
	service, err := auth.New(w.Auth)
	if err != nil {
		w.T.Fatal(err)
	}
	r := request(b, "GET", "/dashboard")
	var roles []string
	behind(w, service)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		result := authhttp.FromContext(r.Context())
		if result.State != auth.StateOK {
			w.T.Errorf("the browser's session is in state %d, want it signed in", result.State)
		}
		roles = result.Session.User.Profile.Roles
	})).ServeHTTP(httptest.NewRecorder(), r)
	return roles
}

func labWeight(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	phone := w.Browser()
	phone.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	u, _, err := w.Database.UserByEmail(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	// As a service of the project would, on another instance.
	service, err := auth.New(w.Auth)
	if err != nil {
		t.Fatal(err)
	}
	users := accounts.New(accounts.Config{Sessions: service, Store: w.Database, Log: w.Auth.Log})
	users.UpdateUser(t.Context(), u.ID, func(u *accounts.Editable) error { u.Profile.Roles = []string{"editor", "label"}; return nil })

	want := map[string]int{"jwt": 3, "database": 1}[w.Auth.Strategy]
	page := b.Post("/lab/large").RedirectsTo("/lab").Shows(200, "fill 6 kB", "Shrink it again").Lacks("Grow the cookie</span>")
	if want == 3 {
		page.Shows(200, "in 3 cookies", "<code>roles</code>", "&#34;editor&#34;", "bytes in all")
	} else {
		page.Shows(200, "<strong>43 <small>bytes</small></strong>")
	}
	phone.Get("/dashboard").Shows(200)
	if chunks(b) != want || chunks(phone) != want {
		t.Errorf("with a large profile the session fills %d cookies here and %d there, want %d", chunks(b), chunks(phone), want)
	}
	large := roles(w, b)
	b.Post("/lab/large").RedirectsTo("/lab").Shows(200)
	if again := roles(w, b); !slices.Equal(again, large) {
		t.Errorf("large twice gives %d roles, want the %d of once", len(again), len(large))
	}
	if !slices.Equal(large[:2], []string{"editor", "label"}) {
		t.Errorf("the roles begin with %.30q, want the user's own untouched", large[:2])
	}

	for range 2 {
		b.Post("/lab/small").RedirectsTo("/lab").Shows(200, "Grow the cookie</span>", "in one cookie")
		phone.Get("/dashboard").Shows(200)
		if got := roles(w, b); chunks(b) != 1 || chunks(phone) != 1 || !slices.Equal(got, []string{"editor", "label"}) {
			t.Errorf("small again: %d and %d cookies and the roles %q, want one each and the user's own", chunks(b), chunks(phone), got)
		}
	}
}

// ping asks as the practice device does.
func ping(b *webtest.Browser, status int, texts ...string) *webtest.Answer {
	b.T.Helper()
	return script(b, "/lab/ping").Shows(status, texts...)
}

func labPractice(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	b.Get("/lab").Shows(200, "None yet", "Add practice device")
	ping(b, 401, `"state":""`)
	b.Post("/lab/practice/end").RedirectsTo("/lab").Shows(200, "no practice device")

	b.Post("/lab/practice").RedirectsTo("/lab").Shows(200, "The practice device is signed in.", "Sign it out")
	ping(b, 200, `"state":"on"`, `"queries":0`)
	b.Get("/account/sessions").Shows(200, "Practice-device")
	w.Wait(6 * time.Minute)
	b.Get("/dashboard").Shows(200)
	ping(b, 200, `"queries":1`)

	// Another one takes its place.
	b.Post("/lab/practice").Shows(303)
	if got := strings.Count(b.Get("/account/sessions").Text, "Practice-device"); got == 0 {
		t.Error("the practice device is not among the devices")
	}
	u, _, _ := w.Database.UserByEmail(t.Context(), ada)
	if _, n, err := w.Database.Live(t.Context(), u.ID, w.Now(), auth.Page{}); err != nil || n != 2 {
		t.Errorf("the user has %d sessions, %v, want this one and the practice device's", n, err)
	}

	b.Post("/lab/practice/end").RedirectsTo("/lab").Shows(200, "Its next request is refused", "Add practice device")
	ping(b, 401, `"state":"off"`, `"reason":"device"`)
	other := w.Instance()
	w.Use(other)
	refused := webtest.Eventually(func() bool { return script(b, "/lab/ping").StatusCode == http.StatusUnauthorized })
	if !refused {
		t.Error("another instance still takes the practice device")
	}
	b.Get("/dashboard").Shows(200)

	// An act of lab.js is answered at once, without a page.
	b.Header.Set("Accept", "application/json")
	b.Post("/lab/practice").Shows(200, `"said":"The practice device is signed in."`)
	b.Header.Del("Accept")
	b.Post("/account/sessions/end-all").Shows(303)
	back := w.SignIn(ada)
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		if strings.HasPrefix(c.Name, "lab-practice") {
			back.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{c})
		}
	}
	ping(back, 401, `"reason":"everywhere"`) // it went with the others
}

func labPracticeLimit(t *testing.T, w *webtest.Site) {
	for _, policy := range []auth.Policy{auth.PolicyEvict, auth.PolicyDeny} {
		w.Auth.Policy, w.Auth.Limit = policy, 2
		w.Deploy()
		ada := string(policy) + webtest.Email(t)
		b := w.SignUp(ada)
		phone := w.SignIn(ada)
		b.Post("/lab/practice").RedirectsTo("/lab").Shows(200, "reached your limit", "None yet")
		phone.Get("/dashboard").Shows(200)
		phone.Post("/signout").Shows(303)
		b.Post("/lab/practice").RedirectsTo("/lab").Shows(200, "is signed in")
		b.Post("/lab/practice").RedirectsTo("/lab").Shows(200, "is signed in") // in the place of itself
	}
}

func labPracticeOwner(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b := w.SignUp(ada)
	b.Post("/lab/practice").Shows(303)
	var practice []*http.Cookie
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		if strings.HasPrefix(c.Name, "lab-practice") {
			practice = append(practice, c)
		}
	}
	bob := w.SignUp("bob" + ada)
	bob.Client.Jar.SetCookies(bob.Origin(), practice)
	ping(bob, 401, `"state":""`)
	bob.Post("/lab/practice/end").RedirectsTo("/lab").Shows(200, "no practice device")
	ping(b, 200)

	// It opens no other page, and nobody without a session gets an answer.
	guest := w.Browser()
	guest.Client.Jar.SetCookies(guest.Origin(), practice)
	guest.Get("/dashboard").Shows(303)
	guest.Get("/lab").Shows(303)
	script(guest, "/lab/ping").Shows(401).Lacks("state")
	guest.Post("/lab/practice").Shows(303)
	// The router refuses what comes from elsewhere.
	b.Header.Set("Sec-Fetch-Site", "cross-site")
	b.Header.Set("Origin", "https://evil.example")
	for _, path := range []string{"/lab/practice", "/lab/practice/end", "/lab/expire", "/lab/large"} {
		b.Post(path).Shows(403)
	}
}

func labExpires(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b, phone := w.SignUp(ada), w.Browser()
	phone.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	b.Post("/lab/expire")
	b.Get("/lab").RedirectsTo("/signin?callbackUrl=%2Flab&reason=expired").Shows(200, "session expired")
	phone.Get("/lab").Shows(200)
}

// refused tells whether the connection fails instead of an answer.
func refused(b *webtest.Browser, path string) bool {
	resp, err := b.Client.Get(b.Site.URL + path)
	if err == nil {
		resp.Body.Close()
	}
	return err != nil
}

func labDrops(t *testing.T, w *webtest.Site) {
	ada := webtest.Email(t)
	b, phone := w.SignUp(ada), w.Browser()
	phone.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
	cut, stays := b.Listen(), phone.Listen()
	b.Post("/lab/drop").RedirectsTo("/lab").Shows(200, "The connection is lost.", "Lost for", "still signed in")
	for _, path := range []string{"/auth/session", "/auth/events"} {
		if !refused(b, path) {
			t.Errorf("GET %s of the dropped session is answered, want the connection to fail", path)
		}
	}
	if err := <-cut.Ended; err == nil {
		t.Error("the open stream of the dropped session ends properly, want it to break off")
	}
	stays.Quiet("while another session is dropped")
	b.Get("/dashboard").Shows(200)
	b.Get("/lab/live").Shows(200, "Lost for")
	phone.Get("/auth/session").Shows(200, ada)
	w.Wait(10 * time.Second) // the clock runs on meanwhile
	if !refused(b, "/auth/session") {
		t.Error("the connection is back after 10 s, want 20")
	}
	w.Wait(11 * time.Second)
	b.Get("/auth/session").Shows(200, ada)
	b.Get("/lab").Shows(200, "Connected").Lacks("Lost for")
}

func labLive(t *testing.T, w *webtest.Site) {
	guest := w.Browser()
	guest.Get("/lab").RedirectsTo("/signin?callbackUrl=%2Flab")
	guest.Get("/lab/live").RedirectsTo("/signin?callbackUrl=%2Flab%2Flive")
	b := w.SignUp(webtest.Email(t))
	live := script(b, "/lab/live").Shows(200, `id="lab-readings"`, `id="lab-practice"`).Lacks("<html", "<script", b.Session())
	if got := live.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("the live parts say Cache-Control %q, want them kept nowhere", got)
	}
	w.Wait(6 * time.Minute)
	due := costs(script(b, "/lab/live"), "1")
	if len(due.Cookies()) != 0 {
		t.Error("a script's request for the live parts renews the cookie: a page that is only open must not")
	}
}

// An open stream is cut the moment that its session is dropped; one of another
// session is not.
func TestAnOpenStreamIsCut(t *testing.T) {
	w := labSite(t, webtest.NewMemory(), "jwt")
	ada, bob := w.SignUp("ada@example.com"), w.SignUp("bob@example.com")
	now := time.Now() // the bubble below has a clock of its own
	w.Auth.Now = func() time.Time { return now }
	service, err := auth.New(w.Auth)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := lab.NewDrops(time.Now)
		var ends atomic.Int32
		stream := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		cut := behind(w, service)(d.Cut(map[string]bool{"/auth/events": true}, stream))
		open := func(b *webtest.Browser) (sessionID string) {
			r := request(b, "GET", "/auth/events").WithContext(t.Context())
			behind(w, service)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				sessionID = authhttp.FromContext(r.Context()).Session.ID
			})).ServeHTTP(httptest.NewRecorder(), r)
			go func() {
				defer func() {
					if recover() == http.ErrAbortHandler {
						ends.Add(1)
					}
				}()
				cut.ServeHTTP(httptest.NewRecorder(), r)
			}()
			synctest.Wait()
			return sessionID
		}
		id := open(ada)
		open(bob)
		d.Add(id)
		synctest.Wait()
		if got := ends.Load(); got != 1 {
			t.Errorf("dropping one session cut %d streams, want 1", got)
		}
		if d.Open() != 1 {
			t.Errorf("%d streams are noted as open, want the one that is", d.Open())
		}
	})
}

func TestTheCostIsToldBeforeAStreamBegins(t *testing.T) {
	w := labSite(t, webtest.NewMemory(), "jwt")
	b := w.SignUp("ada@example.com")
	w.Wait(6 * time.Minute)
	if got := b.Listen().Response.Header.Get("Server-Timing"); got != `db;desc="1"` {
		t.Errorf("a stream begins with Server-Timing %q, want the cost of knowing whose it is", got)
	}
}
