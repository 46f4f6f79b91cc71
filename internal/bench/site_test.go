package bench

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// databases are what the benchmarks run on.
var databases = []struct {
	name string
	open func(testing.TB) webtest.Database
}{
	{"memory", func(testing.TB) webtest.Database { return webtest.NewMemory() }},
	{"sqlite", webtest.OpenSQLite},
	{"postgres", webtest.OpenPostgres},
}

// setting is one way to configure a site's sessions.
type setting struct {
	name       string
	cache      bool
	renewAfter time.Duration
}

const year = 365 * 24 * time.Hour

// settings are those of every benchmark of a page. The clock moves by half a second with
// each request, so that no limit on polls is met: a year is 63 million of them.
var settings = []setting{
	{"cache", true, 5 * year},
	{"nocache", false, 5 * year},
	{"renewafter0", true, 0},
}

// site is a whole site without a log, and one user who is signed in.
type site struct {
	*webtest.Site
	b       *testing.B
	kit     *kit.Kit // of the instance in service
	ada     *webtest.Browser
	session auth.Session

	counting atomic.Bool
	asked    atomic.Int64 // what the database was asked while counting
}

const email = "ada@example.com"

func newSite(b *testing.B, db webtest.Database, strategy string, set setting) *site {
	b.Helper()
	s := &site{Site: webtest.New(b, db, strategy), b: b}
	log := slog.New(kit.LogHandler(slog.DiscardHandler))
	s.Auth.Log, s.Edge.Log, s.Web.Log = log, log, log
	s.Auth.MaxAge, s.Auth.AbsoluteMaxAge, s.Auth.RenewAfter = 10*year, 20*year, set.renewAfter
	if !set.cache {
		s.Auth.CacheBytes = -1
	}
	s.Unlimited = true
	s.Add(kit.Part{Build: s.build})
	s.ada = s.SignUp(email)
	s.session = s.Service.Authenticate(b.Context(), s.ada.Session(), auth.Mode{}).Session
	if s.session.User.Email != email {
		b.Fatalf("signed in is %q, want %q", s.session.User.Email, email)
	}
	return s
}

// build takes hold of the site's kit, and counts inside of the session middleware, where
// all that a request asks the database is known.
func (s *site) build(k *kit.Kit) kit.Built {
	s.kit = k
	return kit.Built{Around: s.count}
}

func (s *site) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if s.counting.Load() {
			s.asked.Add(int64(dbtrace.Count(r.Context())))
		}
	})
}

// request is what a browser sends that goes to a page, or posts a form.
func (s *site) request(method, path, form string, cookies []*http.Cookie) *http.Request {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(form))
	if err != nil {
		s.b.Fatal(err)
	}
	r.RemoteAddr, r.RequestURI = "192.0.2.1:1234", path
	r.Header.Set("User-Agent", s.ada.Agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Accept-Language", "en-US,en;q=0.5")
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.URL)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// get is a request of the signed-in user, to be sent again and again.
func (s *site) get(path string) *http.Request {
	return s.request("GET", path, "", s.ada.Client.Jar.Cookies(s.ada.Origin()))
}
