// Package kit is what every page is made with: it renders pages, reads forms,
// answers errors, redirects, and keeps the gates. Pages and parts import kit;
// kit knows none of them.
//
// A handler is a function that returns an error, made a http.HandlerFunc by
// Handle. What it gets for free: an outage is a 503, text that no database takes
// is a 422 before the handler sees it, what the database is asked is counted,
// and every answer carries the security headers.
//
//house:circles 1
package kit

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/mail"
	"latchkey/internal/views"
)

// Config is what all pages of a site share.
type Config struct {
	Auth           *auth.Service     // the sessions
	Edge           *authhttp.Edge    // their cookie
	Accounts       *accounts.Service // the users
	Store          any               // the database, for the stores of parts: it has Pool, or Reader and Writer; nil = none
	Mail           *mail.Service     // takes mail to its readers; nil = this site sends none
	Secrets        []string          // what parts derive their keys from, newest first
	BaseURL        string            // the public origin, such as https://app.example: decides cookies, redirects, HSTS
	TrustedProxies []string          // networks whose X-Forwarded-For is believed, as CIDR; nil = nobody's
	AllowedHosts   []string          // hosts that a request may name, without port; nil = any
	AuthPath       string            // where the session endpoints live, such as /auth
	SiteName       string            // shown on every page
	Development    bool              // marks pages
	PollInterval   time.Duration     // how often an open tab asks for its session; 0 = never
	Push           bool              // whether an open tab is told of news over AuthPath/events; false = it waits for its next poll
	MaxTime        time.Duration     // how long a handler may take to answer; 0 = 10 s
	Warning        time.Duration     // how long before its session ends an idle page says so; 0 = never
	Log            *slog.Logger      // never nil

	// Behind runs what goes on behind an answer, such as a mail that takes longer to write than
	// may be seen, and lets the program end only once that is done. nil = nobody waits for it.
	Behind func(job func())

	// Observe is told of every request once it is answered: its route's pattern (a path that
	// no route has is "unmatched"), the status, 0 = none was sent, and how long it took. It must
	// not keep the request waiting. nil = nobody wants to know.
	Observe func(route, method string, status int, took time.Duration)
}

// Kit is shared by all handlers of a site.
type Kit struct {
	Config
	origin  *url.URL
	answers *answers         // of forms that were sent lately
	flashes *Kept            // of Flash
	devices *Kept            // of Device
	signUps *Kept            // of SignedUp
	jobs    chan struct{}    // holds a value for each job of Steadily
	held    *authjs.Sealer   // of forms that wait, see RequireRecent; nil without Secrets
	writes  *limiter         // what each user has changed lately
	polls   *limiter         // how often each session was asked about lately
	menu    []views.MenuItem // the dashboard, then what parts add
	mailbox string           // where development shows mail; "" = nowhere
	parts   []Built
}

// New returns a kit without parts. An error means a BaseURL that is no origin.
func New(cfg Config) (*Kit, error) {
	origin, err := url.Parse(cfg.BaseURL)
	if err != nil || origin.Host == "" {
		return nil, fmt.Errorf("base URL %q is not an origin such as https://app.example", cfg.BaseURL)
	}
	held, err := newHeld(cfg.Secrets)
	if err != nil {
		return nil, fmt.Errorf("kit: %w", err)
	}
	dashboard := views.MenuItem{Label: "Dashboard", Path: "/dashboard", Icon: "dashboard"}
	if cfg.MaxTime == 0 {
		cfg.MaxTime = maxTime
	}
	if cfg.Behind == nil {
		cfg.Behind = func(job func()) { go job() }
	}
	k := &Kit{
		Config: cfg, origin: origin, answers: newAnswers(), held: held, jobs: make(chan struct{}, steadyJobs),
		writes: newLimiter(60, time.Second), polls: newLimiter(60, 500*time.Millisecond), menu: []views.MenuItem{dashboard},
	}
	k.flashes, k.signUps, k.devices = k.Keep("flash", flashAge), k.Keep("signup", signUpAge), k.Keep("device", deviceAge)
	return k, nil
}

// HTTPS reports whether the site is reached by https.
func (k *Kit) HTTPS() bool { return k.origin.Scheme == "https" }

// Origin is the site's public origin, such as https://app.example.
func (k *Kit) Origin() string { return k.origin.Scheme + "://" + k.origin.Host }

// maxTime is how long a handler may take, above all to wait for a database that
// accepts connections and then says nothing.
const maxTime = 10 * time.Second

// NewRouter returns a router on which every request is treated alike: who asks
// and what for (logged even if a later step refuses), then what every answer
// carries, then what no request may do. Unknown paths get a page that says so.
// What a request may take is for each block of routes to say; see Bounded.
func (k *Kit) NewRouter() *chi.Mux {
	r := chi.NewRouter()
	r.Use(k.clientIP, k.exchange, k.tellWhoTries, k.securityHeaders(),
		k.recoverPanics, k.refused, k.knownHost, middleware.GetHead, k.sameOrigin())
	page := func(h http.HandlerFunc) http.HandlerFunc {
		return k.Bounded(SmallForm, k.MaxTime)(k.Edge.Middleware(authhttp.Page)(h)).ServeHTTP
	}
	r.NotFound(page(k.Handle(notFound)))
	r.MethodNotAllowed(page(k.methodNotAllowed(r)))
	return r
}

// Session finds out who asks, before anything that the parts put around it.
func (k *Kit) Session(kind authhttp.Kind) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		for _, p := range k.parts {
			if p.Around != nil {
				next = p.Around(next)
			}
		}
		return k.Edge.Middleware(kind)(k.knowAgain(next))
	}
}
