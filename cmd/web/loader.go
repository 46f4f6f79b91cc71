package main

import (
	"fmt"
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
	if text := name + " " + fmt.Sprintf(format, args...); !slices.Contains(l.errors, text) {
		l.errors = append(l.errors, text)
	}
}

// value is a variable as it was meant. What surrounds it came from a file that
// another program reads otherwise, such as docker run --env-file.
func (l *loader) value(name string) string {
	v := l.getenv(name)
	trimmed := strings.TrimSpace(v)
	if trimmed != v {
		l.bad(name, "has white space around it: leave that out")
	}
	if n := len(trimmed); n >= 2 && trimmed[0] == trimmed[n-1] && (trimmed[0] == '"' || trimmed[0] == '\'') {
		l.bad(name, "has quotation marks around it: leave those out here")
		return trimmed[1 : n-1]
	}
	return trimmed
}

// oneOf takes one of the allowed words; the first is the default.
func (l *loader) oneOf(name string, allowed ...string) string {
	v := l.value(name)
	if v == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, v) {
		l.bad(name, "is %q; allowed: %s", v, strings.Join(allowed, ", "))
	}
	return v
}

// boolean takes true and false.
func (l *loader) boolean(name string, fallback bool) bool {
	if l.value(name) == "" {
		return fallback
	}
	return l.oneOf(name, "true", "false") == "true"
}

// switches are the optional parts that are on: where nothing is said, those that always
// are, and alone the others as well.
func (l *loader) switches(names map[string]bool, alone bool) map[string]bool {
	on := map[string]bool{}
	for name, always := range names {
		on[name] = always || alone
		if l.value(name) != "" {
			on[name] = l.oneOf(name, "on", "off") == "on"
		}
	}
	return on
}

func (l *loader) duration(name string, fallback, least, most time.Duration) time.Duration {
	v := l.value(name)
	if v == "" {
		return fallback
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < least || d > most {
		l.bad(name, "is %q; allowed: a duration from %s to %s, such as 90s, 5m or 168h", v, least, most)
	}
	return d
}

// durationOrOff also takes 0.
func (l *loader) durationOrOff(name string, fallback, least, most time.Duration) time.Duration {
	if v := l.value(name); v == "0" || v == "0s" {
		return 0
	}
	return l.duration(name, fallback, least, most)
}

// shutdownDelay is by default what a load balancer takes to notice, and nothing where
// there is none.
func (l *loader) shutdownDelay(name string, production bool) time.Duration {
	var fallback time.Duration
	if production {
		fallback = 3 * time.Second
	}
	return l.durationOrOff(name, fallback, time.Millisecond, time.Minute)
}

// Longest durations. Browsers keep no cookie for longer than 400 days (RFC
// 6265bis §5.5), and a timer of theirs overflows after 24.8 days.
const (
	maxLifetime     = 400 * 24 * time.Hour
	maxPollInterval = 24 * time.Hour
	maxTrust        = 24 * time.Hour // of an answer of the database, in development
	maxTrustOfUsers = time.Hour      // the same in production
)

// renewAfter must be shorter than the sliding lifetime, or a session in use
// would expire before its first renewal. Unset it keeps to a quarter of it. An
// instance that is cut off trusts an ended session for as long.
func (l *loader) renewAfter(name string, maxAge time.Duration, production bool) time.Duration {
	most := maxTrust
	if production {
		most = maxTrustOfUsers
	}
	d := l.durationOrOff(name, min(5*time.Minute, maxAge/4), time.Millisecond, most)
	if maxAge > 0 && d >= maxAge {
		l.bad(name, "is %q; allowed: less than SESSION_MAX_AGE, which is %s", l.value(name), maxAge)
	}
	return d
}

func (l *loader) integer(name string, fallback, low, high int) int {
	v := l.value(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		l.bad(name, "is %q; allowed: a whole number from %d to %d", v, low, high)
	}
	return n
}

var sizePattern = regexp.MustCompile(`^([0-9]{1,12}) ?(|B|KiB|MiB|GiB)$`)

// size is a number of bytes, such as 0, 16777216 or 16MiB.
func (l *loader) size(name string, fallback, most int) int {
	v := l.value(name)
	if v == "" {
		return fallback
	}
	m := sizePattern.FindStringSubmatch(v)
	if m != nil {
		shift := map[string]int{"": 0, "B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[m[2]]
		if n, err := strconv.Atoi(m[1]); err == nil && n <= most>>shift {
			return n << shift
		}
	}
	l.bad(name, "is %q; allowed: a number of bytes such as 0, 512KiB or 16MiB, up to %dMiB", v, most>>20)
	return 0
}

var authPathPattern = regexp.MustCompile(`^(/[a-z0-9_-]+)+$`)

// authPath is checked against the site's pages when those are known; see newSite.
func (l *loader) authPath(name string) string {
	v := l.value(name)
	if v == "" {
		return "/auth"
	}
	if !authPathPattern.MatchString(v) {
		l.bad(name, "is %q; allowed: a path such as /auth or /api/auth, without a slash at the end", v)
	}
	return v
}

// strategy defaults to database where a database is named, as in Auth.js.
func (l *loader) strategy(name, databaseURL string) string {
	if l.value(name) == "" && databaseURL != "" {
		return "database"
	}
	return l.oneOf(name, "jwt", "database")
}
