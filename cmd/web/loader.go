package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// loader collects what is wrong while it reads.
type loader struct {
	getenv func(string) string
	errors configError
}

func (l *loader) bad(name, format string, args ...any) {
	l.errors = append(l.errors, name+" "+fmt.Sprintf(format, args...))
}

// oneOf takes one of the allowed words; the first is the default.
func (l *loader) oneOf(name string, allowed ...string) string {
	v := l.getenv(name)
	if v == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, v) {
		l.bad(name, "is %q; allowed: %s", v, strings.Join(allowed, ", "))
	}
	return v
}

// switches are the optional parts that are on.
func (l *loader) switches(names []string, fallback bool) map[string]bool {
	on := map[string]bool{}
	for _, name := range names {
		on[name] = fallback
		if l.getenv(name) != "" {
			on[name] = l.oneOf(name, "on", "off") == "on"
		}
	}
	return on
}

func (l *loader) duration(name string, fallback, least time.Duration) time.Duration {
	v := l.getenv(name)
	if v == "" {
		return fallback
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < least {
		l.bad(name, "is %q; allowed: a duration of at least %s, such as 90s, 5m or 168h", v, least)
	}
	return d
}

// durationOrOff also takes 0.
func (l *loader) durationOrOff(name string, fallback, least time.Duration) time.Duration {
	if v := l.getenv(name); v == "0" || v == "0s" {
		return 0
	}
	return l.duration(name, fallback, least)
}

// renewAfter must be shorter than the sliding lifetime, or a session in use
// would expire before its first renewal. Unset it keeps to a quarter of it.
func (l *loader) renewAfter(name string, maxAge time.Duration) time.Duration {
	d := l.durationOrOff(name, min(5*time.Minute, maxAge/4), time.Millisecond)
	if maxAge > 0 && d >= maxAge {
		l.bad(name, "is %q; allowed: less than SESSION_MAX_AGE, which is %s", l.getenv(name), maxAge)
	}
	return d
}

func (l *loader) integer(name string, fallback, low, high int) int {
	v := l.getenv(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		l.bad(name, "is %q; allowed: a whole number from %d to %d", v, low, high)
	}
	return n
}

func (l *loader) addr(name string, production bool) string {
	v := l.getenv(name)
	if v == "" && production {
		return ":8080"
	}
	if v == "" { // development stays on this machine
		return "localhost:8080"
	}
	_, port, err := net.SplitHostPort(v)
	if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n > 65535 {
		l.bad(name, "is %q; allowed: host:port or :port, such as localhost:8080", v)
	}
	return v
}

// baseURL takes an origin. Production must be reached by https, or the cookies
// and passwords of its users are everyone's; loopback is for trying it out.
func (l *loader) baseURL(name string, production bool) string {
	v := strings.TrimSuffix(l.getenv(name), "/")
	if v == "" {
		if production {
			l.bad(name, "is missing; production needs the public origin, such as https://app.example")
		}
		return ""
	}
	u, err := url.Parse(v)
	if strings.Contains(v, "@") { // what is in front of it may be a password
		l.bad(name, "has a user in it; allowed: an origin such as https://app.example")
		return ""
	}
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
		(u.Scheme != "http" && u.Scheme != "https") {
		l.bad(name, "is %q; allowed: an origin such as https://app.example, without a path", v)
		return ""
	}
	if production && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		l.bad(name, "is %q; production needs https, or a loopback address to try it out", v)
	}
	return strings.ToLower(v)
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// databaseURL is never repeated in an error: it may hold a password.
func (l *loader) databaseURL(name string) string {
	v := l.getenv(name)
	if v == "" {
		return ""
	}
	switch scheme, rest, _ := strings.Cut(v, ":"); {
	case scheme == "sqlite" && rest != "", scheme == "postgres", scheme == "postgresql":
	default:
		l.bad(name, "is not understood; allowed: postgres://user:password@host/database, sqlite:PATH, or nothing for SQLite at %s", defaultSQLite)
	}
	return v
}

// sampleSecrets are values that people copy out of documentation.
var sampleSecrets = []string{"secret", "changeme", "change-me", "example", "password", "your-secret"}

const minSecretBytes = 32

// secrets are never repeated in an error.
func (l *loader) secrets(name string, production bool) []string {
	v := l.getenv(name)
	if v == "" {
		if production {
			l.bad(name, "is missing; make one with: openssl rand -base64 33")
		}
		return nil
	}
	secrets := strings.Split(v, ",")
	for i, s := range secrets {
		secrets[i] = strings.TrimSpace(s)
		if len(secrets[i]) < minSecretBytes {
			l.bad(name, "entry %d has %d bytes; allowed: at least %d, such as the output of: openssl rand -base64 33", i+1, len(secrets[i]), minSecretBytes)
		} else if production && isSample(secrets[i]) {
			l.bad(name, "entry %d looks like a sample; make one with: openssl rand -base64 33", i+1)
		}
	}
	return secrets
}

// isSample reports a secret that is made of sample words or of next to nothing.
func isSample(secret string) bool {
	lower := strings.ToLower(secret)
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	return len(distinct) < 8 || slices.ContainsFunc(sampleSecrets, func(s string) bool { return strings.Contains(lower, s) })
}

var authPathPattern = regexp.MustCompile(`^(/[a-z0-9_-]+)+$`)

// takenPaths are the pages that AUTH_PATH must not hide.
var takenPaths = []string{"/static", "/signin", "/signup", "/signout", "/dashboard", "/account", "/lab", "/healthz", "/readyz"}

func (l *loader) authPath(name string) string {
	v := l.getenv(name)
	if v == "" {
		return "/auth"
	}
	first := "/" + strings.Split(v+"/", "/")[1]
	if !authPathPattern.MatchString(v) || slices.Contains(takenPaths, first) {
		l.bad(name, "is %q; allowed: a path such as /auth or /api/auth, none of this site's pages, without a slash at the end", v)
	}
	return v
}

// strategy defaults to database where a database is named, as in Auth.js.
func (l *loader) strategy(name, databaseURL string) string {
	if l.getenv(name) == "" && databaseURL != "" {
		return "database"
	}
	return l.oneOf(name, "jwt", "database")
}

var cookieNamePattern = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$`)

func (l *loader) cookieName(name string, https bool) string {
	v := l.getenv(name)
	if v == "" {
		return ""
	}
	prefixed := strings.HasPrefix(v, "__Secure-") || strings.HasPrefix(v, "__Host-")
	switch {
	case !cookieNamePattern.MatchString(v):
		l.bad(name, "is %q; allowed: up to 100 letters, digits and - _ .", v)
	case prefixed && !https:
		l.bad(name, "is %q; a name with __Secure- or __Host- needs an https BASE_URL", v)
	}
	return v
}
