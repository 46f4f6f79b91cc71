package main

import (
	netmail "net/mail"
	"strings"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/mail"
	"latchkey/internal/web"
)

// config is the environment, checked. .env.example explains every variable.
type config struct {
	dir            string // where data/ is; run sets it
	production     bool
	addr           string // host:port to listen on
	baseURL        string // public origin; "" = http://localhost at the port in use
	databaseURL    string // "" = SQLite at data/app.db, in development only
	listenURL      string // "" = databaseURL
	secrets        []string
	demo           bool            // whether there is a demo user: in the built-in file, on this machine
	smtp           *mail.Server    // where mail is handed over; nil = it is only shown, in development
	mailFrom       netmail.Address // who it is from
	allowedHosts   []string        // hosts that a request may name; nil = any
	shutdownDelay  time.Duration   // how long requests are still taken once the program is told to stop; 0 = not at all
	debugAddr      string          // host:port for metrics and profiles, on this machine; "" = none are shown
	trustedProxies []string        // networks whose X-Forwarded-For is believed; nil = nobody's
	rateLimit      bool            // tries are counted
	authPath       string

	strategy       string
	maxAge         time.Duration
	absoluteMaxAge time.Duration
	renewAfter     time.Duration
	limit          int
	policy         auth.Policy
	pollInterval   time.Duration
	pollKeepsAlive bool
	push           bool
	cacheBytes     int    // of the sessions that are remembered between requests; 0 = none are
	maxCookie      int    // most bytes that a session may take of an answer's header
	cookieName     string // "" = the name Auth.js uses; in development one of the project's own

	passwordMinLength int
	requireVerified   bool // nobody signs in before they have confirmed their address
	logJSON           bool
	switches          map[string]bool // of the optional parts, by their variables
}

// configError lists everything that is wrong with the environment.
type configError []string

func (e configError) Error() string {
	return "the configuration is not usable:\n  - " + strings.Join(e, "\n  - ") +
		"\nSee .env.example for what each variable means."
}

// load reads the configuration and reports every bad value at once. An empty
// variable counts as unset.
func load(getenv func(string) string) (config, error) {
	l := &loader{getenv: getenv}
	var c config
	c.production = l.oneOf("APP_ENV", "development", "production") == "production"
	c.addr = l.addr("ADDR", c.production)
	c.baseURL = l.baseURL("BASE_URL", c.production)
	alone := !c.production && l.onThisMachine(c.addr, c.baseURL)
	c.allowedHosts = l.allowedHosts("ALLOWED_HOSTS", c.baseURL, c.production)
	c.shutdownDelay = l.shutdownDelay("SHUTDOWN_DELAY", c.production)
	c.trustedProxies = l.networks("TRUSTED_PROXIES", c.production)
	c.debugAddr = l.debugAddr("DEBUG_ADDR")
	c.rateLimit = l.rateLimit("RATE_LIMIT", c.production)
	c.databaseURL = l.databaseURL("DATABASE_URL", c.production)
	c.listenURL = l.listenURL("DATABASE_LISTEN_URL", c.databaseURL)
	c.demo = alone && c.databaseURL == ""
	c.secrets = l.secrets("AUTH_SECRET", c.production)
	c.smtp = l.mailServer("SMTP_URL", c.production)
	c.mailFrom = l.mailFrom("MAIL_FROM", c.production || c.smtp != nil)
	c.authPath = l.authPath("AUTH_PATH")
	c.strategy = l.strategy("SESSION_STRATEGY", c.databaseURL)
	c.maxAge = l.duration("SESSION_MAX_AGE", 168*time.Hour, time.Second, maxLifetime)
	c.absoluteMaxAge = l.duration("SESSION_ABSOLUTE_MAX_AGE", 720*time.Hour, time.Second, maxLifetime)
	c.renewAfter = l.renewAfter("SESSION_RENEW_AFTER", c.maxAge, c.production)
	c.limit = l.integer("SESSION_LIMIT", 5, 0, 1000)
	c.policy = auth.Policy(l.oneOf("SESSION_LIMIT_POLICY", string(auth.PolicyEvict), string(auth.PolicyDeny)))
	c.pollInterval = l.durationOrOff("SESSION_POLL_INTERVAL", 60*time.Second, time.Second, maxPollInterval)
	c.pollKeepsAlive = l.oneOf("SESSION_POLL_KEEPS_ALIVE", "true", "false") == "true"
	c.push = l.oneOf("SESSION_PUSH", "on", "off") == "on"
	c.cacheBytes = l.size("SESSION_CACHE", auth.DefaultCacheBytes, 4<<30)
	c.maxCookie = l.maxCookie("SESSION_MAX_COOKIE", c.production)
	c.cookieName = l.cookieName("SESSION_COOKIE_NAME", strings.HasPrefix(c.baseURL, "https://"))
	c.passwordMinLength = l.integer("PASSWORD_MIN_LENGTH", 15, 8, 128)
	c.requireVerified = l.boolean("REQUIRE_VERIFIED_EMAIL", c.production)
	c.logJSON = l.oneOf("LOG_FORMAT", "text", "json") == "json"
	c.switches = l.switches(web.Switches(), alone)
	if len(l.errors) > 0 {
		return config{}, l.errors
	}
	return c, nil
}
