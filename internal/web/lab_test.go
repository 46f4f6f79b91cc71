package web

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/sqlite"
)

var labFlows = map[string]func(t *testing.T, w *world){
	"what a request costs is told":                      labCosts,
	"the page shows what the cookie carries":            labCookieFacts,
	"the token becomes large and small again":           labWeight,
	"another session is ended":                          labEnds,
	"nobody ends another user's session from the lab":   labNotAnothers,
	"expire now leads to the sign-in page, with reason": labExpires,
	"a dropped connection is back after 20 seconds":     labDrops,
	"the live parts are for who is signed in":           labLive,
}

func TestTheLab(t *testing.T) {
	for name, flow := range labFlows {
		for _, strategy := range []string{"jwt", "database"} {
			t.Run(name+"/memory/"+strategy, func(t *testing.T) {
				flow(t, labWorld(t, memory{accountstest.NewStore()}, strategy))
			})
			t.Run(name+"/sqlite/"+strategy, func(t *testing.T) {
				db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(db.Close)
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				flow(t, labWorld(t, db, strategy))
			})
		}
	}
}

func labWorld(t *testing.T, db database, strategy string) *world {
	w := newWorld(t, db, strategy)
	w.lab = true
	w.deploy()
	return w
}

func TestWithoutTheLabThereIsNone(t *testing.T) {
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	for request, status := range map[string]int{
		"GET /lab": 404, "GET /lab/live": 404, "POST /lab/large": 404, "POST /lab/small": 404, "POST /lab/expire": 404,
		"POST /lab/drop": 404, "POST /lab/sessions/x/end": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		b.do(method, path, "application/x-www-form-urlencoded", "").shows(status)
	}
	page := b.get("/dashboard").shows(200).lacks(`href="/lab"`)
	if got := page.Header.Get("Server-Timing"); got != "" {
		t.Errorf("without the lab a page says Server-Timing %q, want nothing", got)
	}
}

func (a *answer) costs(queries string) *answer {
	a.browser.t.Helper()
	if got := a.Header.Get("Server-Timing"); got != `db;desc="`+queries+`"` {
		a.browser.t.Errorf("%s says Server-Timing %q, want %s", a.request, got, queries)
	}
	return a
}

// script sends what a script on the page would: a request that is no navigation.
func (b *browser) script(path string) *answer {
	b.t.Helper()
	b.header.Set("Sec-Fetch-Mode", "cors")
	defer b.header.Del("Sec-Fetch-Mode")
	return b.get(path)
}

func labCosts(t *testing.T, w *world) {
	b := w.signUp(someone(t))
	b.get("/dashboard").costs("0").shows(200, `<a href="/lab">`)
	b.get("/auth/session").costs("0")
	b.get("/lab").costs("1").shows(200, "<strong>0 <small>round trips</small></strong>", "the list of sessions below costs 1")
	b.get("/account/sessions").costs("2") // asks afresh, and for the list
	w.wait(5 * time.Minute)
	b.get("/lab").costs("2").shows(200, "<strong>1 <small>round trip</small></strong>", "a check was due")
	b.get("/dashboard").costs("0")
	w.wait(5 * time.Minute)
	b.script("/auth/session").costs("1") // a poll renews, too
	b.get("/dashboard").costs("0")
	w.browser().get("/auth/session").costs("0")
}

func labCookieFacts(t *testing.T, w *world) {
	ada := someone(t)
	b := w.signUp(ada)
	page := b.get("/lab").shows(200, "The session lab", "<strong>"+w.cfg.Strategy+"</strong>", "in one cookie").lacks(b.session())
	if w.cfg.Strategy == "database" {
		page.shows(200, "<strong>43 <small>bytes</small></strong>", b.session()[:6]+"…", "SHA-256").lacks(b.session()[:7], "<code>vat</code>")
		return
	}
	page.shows(200, "<code>sub</code>", "<code>vat</code>", "<code>abs</code>", "in 1 day", "in 3 days").lacks("opaque token: a random")
	size := regexp.MustCompile(`<strong>(\d+) <small>bytes`).FindStringSubmatch(page.text)
	if want := len(b.session()); size == nil || size[1] != strconv.Itoa(want) {
		t.Errorf("the page says the cookie has %v bytes, want %d", size, want)
	}
}

// request is one that the browser's cookies go with, for what is served without
// the world's own instance.
func (b *browser) request(method, path string) *http.Request {
	r := httptest.NewRequest(method, b.world.front.URL+path, nil)
	r.RequestURI = "" // as a client sends it
	for _, c := range b.client.Jar.Cookies(b.origin()) {
		r.AddCookie(c)
	}
	return r
}

// chunks counts the cookies that the browser holds of its session.
func (b *browser) chunks() (n int) {
	for _, c := range b.client.Jar.Cookies(b.origin()) {
		if strings.HasPrefix(c.Name, "__Secure-authjs.session-token") {
			n++
		}
	}
	return n
}

// behind is the middleware of another instance's pages.
func behind(w *world, service *auth.Service) func(http.Handler) http.Handler {
	edge := w.edge
	edge.Sessions = service
	return edge.Middleware(authhttp.Page)
}

// roles of the user of a browser, as the engine knows them.
func (w *world) roles(b *browser) []string {
	w.t.Helper()
	service, err := auth.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	r := b.request("GET", "/dashboard")
	var roles []string
	behind(w, service)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		result := authhttp.FromContext(r.Context())
		if result.State != auth.StateOK {
			w.t.Errorf("the browser's session is in state %d, want it signed in", result.State)
		}
		roles = result.Session.User.Profile.Roles
	})).ServeHTTP(httptest.NewRecorder(), r)
	return roles
}

func labWeight(t *testing.T, w *world) {
	ada := someone(t)
	b := w.signUp(ada)
	phone := w.browser()
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	u, _, err := w.db.UserByEmail(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	// As a service of the project would, on another instance.
	service, err := auth.New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	users := accounts.New(accounts.Config{Sessions: service, Store: w.db, Log: w.cfg.Log})
	users.UpdateUser(t.Context(), u.ID, func(u *accounts.Editable) error { u.Profile.Roles = []string{"editor", "label"}; return nil })

	want := map[string]int{"jwt": 3, "database": 1}[w.cfg.Strategy]
	page := b.post("/lab/large").redirectsTo("/lab?done=large").shows(200, "fill 6 kB", "Make it small again").lacks("Make the token large")
	if want == 3 {
		page.shows(200, "in 3 cookies", "<code>roles</code>", "&#34;editor&#34;", "bytes in all")
	} else {
		page.shows(200, "<strong>43 <small>bytes</small></strong>")
	}
	phone.get("/dashboard").shows(200)
	if b.chunks() != want || phone.chunks() != want {
		t.Errorf("with a large profile the session fills %d cookies here and %d there, want %d", b.chunks(), phone.chunks(), want)
	}
	large := w.roles(b)
	b.post("/lab/large").redirectsTo("/lab?done=large").shows(200)
	if again := w.roles(b); !slices.Equal(again, large) {
		t.Errorf("large twice gives %d roles, want the %d of once", len(again), len(large))
	}
	if !slices.Equal(large[:2], []string{"editor", "label"}) {
		t.Errorf("the roles begin with %.30q, want the user's own untouched", large[:2])
	}

	for range 2 {
		b.post("/lab/small").redirectsTo("/lab?done=small").shows(200, "Make the token large", "in one cookie")
		phone.get("/dashboard").shows(200)
		if got := w.roles(b); b.chunks() != 1 || phone.chunks() != 1 || !slices.Equal(got, []string{"editor", "label"}) {
			t.Errorf("small again: %d and %d cookies and the roles %q, want one each and the user's own", b.chunks(), phone.chunks(), got)
		}
	}
}

// Who has so many roles already is not locked out by more of them.
func TestALargeProfileIsNotMadeLarger(t *testing.T) {
	own := []string{strings.Repeat("x", 7000)}
	if got := padded(own); len(got) != 1 {
		t.Errorf("padded(7000 bytes) has %d roles, want the one", len(got))
	}
	bytes := 0
	for _, role := range padded([]string{"editor"}) {
		bytes += len(role)
	}
	if bytes < 6000 || bytes > 6100 {
		t.Errorf("padded has %d bytes of roles, want 6 kB", bytes)
	}
}

var labEndForm = regexp.MustCompile(`action="/lab/sessions/([\w-]+)/end"`)

func labEnds(t *testing.T, w *world) {
	ada := someone(t)
	b, phone := w.signUp(ada), w.browser()
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	ids := labEndForm.FindAllStringSubmatch(b.get("/lab").text, -1)
	if len(ids) != 1 {
		t.Fatalf("the lab has %d forms to end another session, want 1", len(ids))
	}
	end := "/lab/sessions/" + ids[0][1] + "/end"
	page := b.post(end).redirectsTo("/lab?done=ended").shows(200, "That session is over", "<strong>1 <small>entry</small></strong>")
	if labEndForm.MatchString(page.text) {
		t.Error("the ended session is still in the list")
	}
	phone.get("/dashboard").redirectsTo("/signin?callbackUrl=%2Fdashboard&reason=device")
	b.post(end).redirectsTo("/lab?done=none").shows(200, "over already")
}

func labNotAnothers(t *testing.T, w *world) {
	ada, bob := w.signUp(someone(t)), w.signUp("bob"+someone(t))
	phone := w.browser()
	phone.post("/signin", "email", someone(t), "password", testPassword).redirectsTo("/dashboard")
	id := labEndForm.FindStringSubmatch(ada.get("/lab").text)[1]
	bob.post("/lab/sessions/" + id + "/end").redirectsTo("/lab?done=none")
	phone.get("/dashboard").shows(200)
	guest := w.browser()
	guest.post("/lab/sessions/" + id + "/end").redirectsTo("/signin?")
	phone.get("/dashboard").shows(200)
	// The router refuses what comes from elsewhere.
	ada.header.Set("Sec-Fetch-Site", "cross-site")
	ada.header.Set("Origin", "https://evil.example")
	ada.post("/lab/sessions/" + id + "/end").shows(403)
	ada.post("/lab/expire").shows(403)
}

func labExpires(t *testing.T, w *world) {
	ada := someone(t)
	b, phone := w.signUp(ada), w.browser()
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	b.post("/lab/expire")
	b.get("/lab").redirectsTo("/signin?callbackUrl=%2Flab&reason=expired").shows(200, "session expired")
	phone.get("/lab").shows(200)
}

// refused tells whether the connection fails instead of an answer.
func (b *browser) refused(path string) bool {
	resp, err := b.client.Get(b.world.front.URL + path)
	if err == nil {
		resp.Body.Close()
	}
	return err != nil
}

func labDrops(t *testing.T, w *world) {
	ada := someone(t)
	b, phone := w.signUp(ada), w.browser()
	phone.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
	cut, stays := b.listen(), phone.listen()
	b.post("/lab/drop").redirectsTo("/lab?done=drop").shows(200, "hangs up", "Cut for another", "<strong>0 <small>round trips")
	for _, path := range []string{"/auth/session", "/auth/events"} {
		if !b.refused(path) {
			t.Errorf("GET %s of the dropped session is answered, want the connection to fail", path)
		}
	}
	if err := <-cut.ended; err == nil {
		t.Error("the open stream of the dropped session ends properly, want it to break off")
	}
	stays.quiet("while another session is dropped")
	b.get("/auth/csrf").shows(200)
	b.get("/lab/live").shows(200, "Cut for another")
	phone.get("/auth/session").shows(200, ada)
	w.wait(19 * time.Second)
	if !b.refused("/auth/session") {
		t.Error("the connection is back after 19 s, want 20")
	}
	w.wait(2 * time.Second)
	b.get("/auth/session").shows(200, ada)
	b.get("/lab").shows(200).lacks("Cut for another")
}

func labLive(t *testing.T, w *world) {
	guest := w.browser()
	guest.get("/lab").redirectsTo("/signin?callbackUrl=%2Flab")
	guest.get("/lab/live").redirectsTo("/signin?callbackUrl=%2Flab%2Flive")
	b := w.signUp(someone(t))
	live := b.script("/lab/live").shows(200, `id="lab-readings"`, `id="lab-sessions"`).lacks("<html", "<script", b.session())
	if got := live.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("the live parts say Cache-Control %q, want them kept nowhere", got)
	}
	w.wait(6 * time.Minute)
	due := b.script("/lab/live").costs("2")
	if len(due.Cookies()) != 0 {
		t.Error("a script's request for the live parts renews the cookie: a page that is only open must not")
	}
}

// An open stream is cut the moment that its session is dropped; one of another
// session is not.
func TestAnOpenStreamIsCut(t *testing.T) {
	w := labWorld(t, memory{accountstest.NewStore()}, "jwt")
	ada, bob := w.signUp("ada@example.com"), w.signUp("bob@example.com")
	now := time.Now() // the bubble below has a clock of its own
	w.cfg.Now = func() time.Time { return now }
	service, err := auth.New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDrops(time.Now)
		var ends atomic.Int32
		stream := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		cut := behind(w, service)(d.cut(map[string]bool{"/auth/events": true}, stream))
		open := func(b *browser) (sessionID string) {
			r := b.request("GET", "/auth/events").WithContext(t.Context())
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
		d.add(id)
		synctest.Wait()
		if got := ends.Load(); got != 1 {
			t.Errorf("dropping one session cut %d streams, want 1", got)
		}
		if len(d.open) != 1 {
			t.Errorf("%d streams are noted as open, want the one that is", len(d.open))
		}
	})
}

func TestDropsDoNotGrow(t *testing.T) {
	now := time.Now()
	d := newDrops(func() time.Time { return now })
	for i := range 3 * maxDrops {
		d.add(strconv.Itoa(i))
	}
	if len(d.until) != maxDrops {
		t.Errorf("%d sessions are dropped at once, want at most %d", len(d.until), maxDrops)
	}
	now = now.Add(dropFor)
	d.add("one more")
	if len(d.until) != 1 || d.left("one more") != dropFor || d.left("0") != 0 {
		t.Errorf("20 s later %d sessions are dropped, want the new one only", len(d.until))
	}
}

func TestTheCostIsToldBeforeAStreamBegins(t *testing.T) {
	w := labWorld(t, memory{accountstest.NewStore()}, "jwt")
	b := w.signUp("ada@example.com")
	w.wait(6 * time.Minute)
	if got := b.listen().resp.Header.Get("Server-Timing"); got != `db;desc="1"` {
		t.Errorf("a stream begins with Server-Timing %q, want the cost of knowing whose it is", got)
	}
}
