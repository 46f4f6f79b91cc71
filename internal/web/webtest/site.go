// Package webtest gives tests a whole site, browsers that visit it, and a tab of
// a real browser that looks at it. A project's own pages use it in their tests:
//
//	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
//		s.Add(notes.Part)
//		ada := s.SignUp("ada@example.com")
//		ada.Post("/notes", "text", "milk").RedirectsTo("/notes").Shows(200, "milk")
//	})
//
// Import it from _test.go files only.
//
//house:circles 2
package webtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/mail"
	"latchkey/internal/ratelimit"
	"latchkey/internal/views/mails"
	"latchkey/internal/web"
	"latchkey/internal/web/kit"
)

// Password is that of every account which SignUp makes.
const Password = "seven quiet ships at noon"

// Everywhere runs a test under both strategies on both databases.
func Everywhere(t *testing.T, f func(t *testing.T, s *Site)) {
	OnDatabases(t, func(t *testing.T, open func(t *testing.T) Database) {
		for _, strategy := range []string{"jwt", "database"} {
			t.Run(strategy, func(t *testing.T) { f(t, New(t, open(t), strategy)) })
		}
	})
}

// OnDatabases runs a test on each database: open makes an empty one, for the length of
// its test.
func OnDatabases(t *testing.T, f func(t *testing.T, open func(t *testing.T) Database)) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) { f(t, func(t *testing.T) Database { return open(t) }) })
	}
}

// Site is a public https origin with one or more instances behind it, which
// share a database and a clock that a test can move. A test that changes Auth,
// Edge, Hash or Web then calls Deploy.
type Site struct {
	T        testing.TB
	URL      string // the origin
	Database Database
	Log      *Log     // of all instances
	Letters  *Letters // likewise: what their accounts have had to say by mail

	Auth            auth.Config         // what the next instance has of it
	Edge            authhttp.Edge       // likewise
	Hash            accounts.HashParams // likewise; cheap
	RequireVerified bool                // likewise: nobody signs in before they have proved their address
	Unlimited       bool                // likewise: tries are not counted
	Web             web.Config          // likewise; what the others decide is filled in

	History accounts.History // of sign-ins, that the next instance writes; nil = the database's
	Sender  mail.Sender      // hands over the next instance's mail; nil = it is only shown

	Service *auth.Service     // of the instance made last
	Mail    *mail.Service     // likewise
	Users   *accounts.Service // likewise

	built kit.Config // of the instance made last

	front *httptest.Server
	mu    sync.Mutex
	ahead time.Duration
	site  http.Handler
}

// New returns a site with one instance on a migrated database.
func New(t testing.TB, db Database, strategy string) *Site {
	s := &Site{T: t, Database: db, Log: &Log{}, Letters: &Letters{}}
	s.front = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Handler().ServeHTTP(w, r)
	}))
	s.front.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.front.Close)
	s.URL = s.front.URL
	s.Auth = auth.Config{
		Store: db, Strategy: strategy, Secrets: []string{"a secret of thirty-two bytes, or more"}, CookieName: "__Secure-authjs.session-token", MaxCookieBytes: 20 << 10,
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Limit: 3,
		Now: s.Now,
		Log: slog.New(kit.LogHandler(slog.NewJSONHandler(s.Log, nil))),
	}
	s.Edge = authhttp.Edge{Cookie: authjs.SessionCookie(true), PollKeepsAlive: true, Log: s.Auth.Log}
	s.Hash = accounts.HashParams{MemoryKiB: 8, Passes: 1, Lanes: 1}
	s.Web = web.Config{
		Config:   kit.Config{AuthPath: "/auth", SiteName: "Latchkey", PollInterval: time.Minute, Push: true, Behind: s.Letters.behind, Log: s.Auth.Log},
		Database: "a database", PasswordMinLength: 15, Ready: db.Ready,
	}
	s.Deploy()
	return s
}

// OnMemory is a site under jwt on the in-memory store, for what neither changes.
func OnMemory(t testing.TB) *Site { return New(t, NewMemory(), "jwt") }

// Handler is what is behind the origin.
func (s *Site) Handler() http.Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.site
}

// Use puts a handler behind the origin.
func (s *Site) Use(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.site = h
}

// Now is the time on the site's clock.
func (s *Site) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// Wait moves the clock.
func (s *Site) Wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// Instance is one more process, which runs until the test ends.
func (s *Site) Instance() http.Handler {
	s.T.Helper()
	s.Auth.CookieName = s.Edge.Cookie.Name
	service, err := auth.New(s.Auth)
	if err != nil {
		s.T.Fatal(err)
	}
	if err := service.Sync(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { service.Run(ctx) })
	s.T.Cleanup(func() { cancel(); running.Wait() })
	outbox := s.mail() // of this instance, whatever the site's next one has
	s.Service, s.Mail = service, outbox
	running.Go(func() { outbox.Run(ctx) })
	history := s.History
	if history == nil {
		history = s.Database
	}
	s.Users = accounts.New(accounts.Config{
		Sessions: service, Store: s.Database, Tokens: s.Database, History: history, Limits: s.limits(), Mail: s.post(), BaseURL: s.URL, RequireVerified: s.RequireVerified,
		SiteName: "Latchkey", PasswordMinLength: 15, Hash: s.Hash, Log: s.Auth.Log,
	})
	edge := s.Edge
	edge.Sessions = service
	cfg := s.Web
	if cfg.Store == nil {
		cfg.Store = s.Database
	}
	cfg.Mail = s.Mail
	cfg.Auth, cfg.Edge, cfg.Accounts, cfg.Secrets, cfg.BaseURL = service, &edge, s.Users, s.Auth.Secrets, s.URL
	s.built = cfg.Config
	site, err := web.New(cfg)
	if err != nil {
		s.T.Fatal(err)
	}
	return site
}

// post is how an instance's accounts write mail.
func (s *Site) post() accounts.Mailer {
	s.Letters.mu.Lock()
	defer s.Letters.mu.Unlock()
	s.Letters.post = web.Post{Site: mails.Site{Name: "Latchkey", URL: s.URL}, Mail: s.Mail}
	return s.Letters
}

// mail is how an instance sends mail.
func (s *Site) mail() *mail.Service {
	s.T.Helper()
	sealer, err := authjs.NewSealer("latchkey.mail", s.Auth.Secrets...)
	if err != nil {
		s.T.Fatal(err)
	}
	return mail.New(mail.Config{Store: s.Database, Sealer: sealer, Sender: s.Sender, Keep: true, Now: s.Now, Log: s.Auth.Log})
}

// limits are counted in the site's database, by its clock.
func (s *Site) limits() *ratelimit.Service {
	if s.Unlimited {
		return nil
	}
	return ratelimit.New(s.Database, s.Now, s.Auth.Log)
}

// Deploy puts a new instance behind the origin, with what the site's fields say
// now.
func (s *Site) Deploy() { s.Use(s.Instance()) }

// Add deploys the site with more parts: a project's own pages, say.
func (s *Site) Add(parts ...kit.Part) {
	s.Web.Parts = append(s.Web.Parts, parts...)
	s.Deploy()
}

// SwitchOn deploys the site with an optional part on, by its variable's name.
func (s *Site) SwitchOn(name string) {
	s.Web.Switches = map[string]bool{name: true}
	s.Deploy()
}

// EveryPart deploys the site with all optional parts that there are.
func (s *Site) EveryPart() {
	s.Web.Switches = map[string]bool{}
	for name := range web.Switches() {
		s.Web.Switches[name] = true
	}
	s.Deploy()
}

// Has reports whether the site has pages below a path: a test of all ways goes that of an
// optional part where there is one.
func (s *Site) Has(path string) bool {
	has := false
	chi.Walk(s.Handler().(chi.Routes), func(_, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		has = has || route == path || strings.HasPrefix(route, path+"/")
		return nil
	})
	return has
}

// SignUp registers an account in a new browser, which is signed in then.
func (s *Site) SignUp(email string) *Browser {
	b := s.Browser()
	b.Post("/signup", "name", "Ada Lovelace", "email", email, "password", Password).RedirectsTo("/dashboard")
	return b
}

// SignIn opens a new browser and signs it in to an account of SignUp.
func (s *Site) SignIn(email string) *Browser {
	s.T.Helper()
	b := s.Browser()
	b.Post("/signin", "email", email, "password", Password).Shows(http.StatusSeeOther)
	return b
}

// Email is an address that no other test on this database uses.
func Email(t *testing.T) string {
	name := regexp.MustCompile(`[^a-z]+`).ReplaceAllString(strings.ToLower(t.Name()), "-")
	return "ada" + name[max(0, len(name)-30):] + "@example.com"
}

// Log is a log that may be written and read at once.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to it.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
