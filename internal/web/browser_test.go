package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
	"latchkey/internal/testenv"
	"latchkey/internal/views"
)

const testPassword = "seven quiet ships at noon"

// database is what a test needs of a store.
type database interface {
	auth.Store
	accounts.Store
	Migrate(context.Context) error
	Ready(context.Context) error
	Close()
}

var databases = map[string]func(t *testing.T) database{
	"sqlite": func(t *testing.T) database {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"))
		if err != nil {
			t.Fatal(err)
		}
		return db
	},
	"postgres": func(t *testing.T) database {
		db, err := postgres.Open(t.Context(), testenv.Postgres(t), "")
		if err != nil {
			t.Fatal(err)
		}
		return db
	},
}

// everywhere runs a test under both strategies on both databases.
func everywhere(t *testing.T, f func(t *testing.T, w *world)) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			for _, strategy := range []string{"jwt", "database"} {
				t.Run(strategy, func(t *testing.T) {
					db := open(t)
					t.Cleanup(db.Close)
					if err := db.Migrate(t.Context()); err != nil {
						t.Fatal(err)
					}
					f(t, newWorld(t, db, strategy))
				})
			}
		})
	}
}

// world is a public https origin with one or more instances behind it, which
// share a database and a clock that a test can move.
type world struct {
	t     *testing.T
	db    database
	log   *logBuffer
	cfg   auth.Config
	edge  authhttp.Edge // what instances have of it
	hash  accounts.HashParams
	demo  *views.Demo
	lab   bool
	front *httptest.Server

	noPush   bool            // as SESSION_PUSH=off
	stopping <-chan struct{} // closed when the instances are told to stop; nil = never
	service  *auth.Service   // of the instance made last
	users    *accounts.Service

	mu    sync.Mutex
	ahead time.Duration
	site  http.Handler
}

func newWorld(t *testing.T, db database, strategy string) *world {
	w := &world{t: t, db: db, log: &logBuffer{}}
	w.front = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.handler().ServeHTTP(rw, r)
	}))
	w.front.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(w.front.Close)
	w.cfg = auth.Config{
		Store: db, Strategy: strategy, Secrets: []string{"a secret of thirty-two bytes, or more"}, CookieName: "__Secure-authjs.session-token",
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Limit: 3,
		Now: w.now,
		Log: slog.New(LogHandler(slog.NewJSONHandler(w.log, nil))),
	}
	w.edge = authhttp.Edge{Cookie: authjs.SessionCookie(true), PollKeepsAlive: true, Log: w.cfg.Log}
	w.hash = accounts.HashParams{MemoryKiB: 8, Passes: 1, Lanes: 1}
	w.deploy()
	return w
}

func (w *world) handler() http.Handler {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.site
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

// instance is one more process, which runs until the test ends.
func (w *world) instance() http.Handler {
	w.t.Helper()
	w.cfg.CookieName = w.edge.Cookie.Name
	service, err := auth.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := service.Sync(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { service.Run(ctx) })
	w.t.Cleanup(func() { cancel(); running.Wait() })
	w.service = service
	w.users = accounts.New(accounts.Config{
		Sessions: service, Store: w.db, SiteName: "Latchkey", PasswordMinLength: 15, Hash: w.hash, Log: w.cfg.Log,
	})
	edge := w.edge
	edge.Sessions = service
	site, err := New(Config{
		Edge: &edge, Accounts: w.users,
		Push: !w.noPush, Stopping: w.stopping, Auth: service, CSRF: authjs.NewCSRF(w.cfg.Secrets...), BaseURL: w.front.URL, AuthPath: "/auth", SiteName: "Latchkey", Database: "a database",
		Demo: w.demo, Lab: w.lab, PasswordMinLength: 15, PollInterval: time.Minute, Ready: w.db.Ready, Log: w.cfg.Log,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return site
}

// deploy puts a new instance behind the origin, with what w.cfg says now.
func (w *world) deploy() {
	site := w.instance()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.site = site
}

// signUp registers an account in a new browser, which is signed in then.
func (w *world) signUp(email string) *browser {
	b := w.browser()
	b.post("/signup", "name", "Ada Lovelace", "email", email, "password", testPassword).redirectsTo("/dashboard")
	return b
}

// browser has a cookie jar, follows no redirect by itself and sends what
// browsers send.
type browser struct {
	t      *testing.T
	world  *world
	client *http.Client
	agent  string
	header http.Header // sent with every request, over the usual ones
}

func (w *world) browser() *browser {
	jar, _ := cookiejar.New(nil)
	client := *w.front.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: w.t, world: w, client: &client, header: http.Header{},
		agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
}

// copy is a thief: another browser with the same cookies.
func (b *browser) copy() *browser {
	c := b.world.browser()
	c.client.Jar.SetCookies(b.origin(), b.client.Jar.Cookies(b.origin()))
	return c
}

func (b *browser) origin() *url.URL {
	u, _ := url.Parse(b.world.front.URL)
	return u
}

// session is the session cookie's value, "" when there is none.
func (b *browser) session() string {
	for _, c := range b.client.Jar.Cookies(b.origin()) {
		if c.Name == "__Secure-authjs.session-token" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) get(path string) *answer {
	b.t.Helper()
	return b.do("GET", path, "", "")
}

// post sends a form of name, value, name, value, …
func (b *browser) post(path string, pairs ...string) *answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

func (b *browser) do(method, path, contentType, body string) *answer {
	b.t.Helper()
	r, err := http.NewRequest(method, b.world.front.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("User-Agent", b.agent)
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == "POST" {
		r.Header.Set("Origin", b.world.front.URL)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return &answer{b, method + " " + path, resp, string(text)}
}

// answer is one response, to be asked whether it is as it should be.
type answer struct {
	browser *browser
	request string
	*http.Response
	text string
}

// shows checks the status and that the page has the texts.
func (a *answer) shows(status int, texts ...string) *answer {
	a.browser.t.Helper()
	if a.StatusCode != status {
		a.browser.t.Errorf("%s = %d, want %d: %.300s", a.request, a.StatusCode, status, a.text)
	}
	for _, want := range texts {
		if !strings.Contains(a.text, want) {
			a.browser.t.Errorf("%s does not show %q: %s", a.request, want, a.text)
		}
	}
	return a
}

func (a *answer) lacks(texts ...string) *answer {
	a.browser.t.Helper()
	for _, no := range texts {
		if strings.Contains(a.text, no) {
			a.browser.t.Errorf("%s shows %q, want it not to", a.request, no)
		}
	}
	return a
}

// redirectsTo checks where the answer leads and goes there.
func (a *answer) redirectsTo(path string) *answer {
	a.browser.t.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != path {
		a.browser.t.Fatalf("%s = %d to %q, want 303 to %q: %.300s", a.request, a.StatusCode, got, path, a.text)
	}
	return a.browser.get(path)
}

// logBuffer is a log that may be written and read at once.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
