package main

import (
	"encoding/base64"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/web"
)

// goodSecret is long enough for development; production knows it from here.
const goodSecret = "q7Jx0vN2mKe9Rb5TzLw8YdUa3HfCsGp6"

var (
	randomSecret  = base64.StdEncoding.EncodeToString(randomBytes(33))
	anotherSecret = base64.StdEncoding.EncodeToString(randomBytes(33))
	production    = map[string]string{
		"APP_ENV": "production", "AUTH_SECRET": randomSecret, "BASE_URL": "https://app.example", "DATABASE_URL": "sqlite:data/app.db",
		"SMTP_URL": "smtp://user:password@mail.example", "MAIL_FROM": "Latchkey <hello@app.example>",
	}
)

// with is an environment that differs from another in these variables.
func with(base map[string]string, pairs ...string) func(string) string {
	m := maps.Clone(base)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

// env is an environment with these variables and no others.
func env(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestDefaults(t *testing.T) {
	got, err := load(env())
	if err != nil {
		t.Fatal(err)
	}
	want := config{
		addr: "localhost:8080", authPath: "/auth", strategy: "jwt", maxAge: 168 * time.Hour, absoluteMaxAge: 720 * time.Hour,
		renewAfter: 5 * time.Minute, limit: 5, policy: "evict", pollInterval: time.Minute, pollKeepsAlive: true, push: true, passwordMinLength: 15, rateLimit: true, maxCookie: 16 << 10, cacheBytes: 16 << 20,
		switches: partsThatAreOn(true), demo: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("load(nothing) = %+v, want %+v", got, want)
	}
}

func TestProductionHasAddressesConfirmed(t *testing.T) {
	for _, c := range []struct {
		value            string
		production, want bool
	}{{"", false, false}, {"", true, true}, {"false", true, false}, {"true", false, true}} {
		getenv := func(name string) string {
			switch {
			case name == "REQUIRE_VERIFIED_EMAIL":
				return c.value
			case c.production:
				return production[name]
			}
			return ""
		}
		got, err := load(getenv)
		if err != nil {
			t.Fatal(err)
		}
		if got.requireVerified != c.want {
			t.Errorf("REQUIRE_VERIFIED_EMAIL=%q, production: %t: requireVerified = %t, want %t", c.value, c.production, got.requireVerified, c.want)
		}
	}
}

func TestTheExampleFileIsTheDefaults(t *testing.T) {
	values, err := readDotenv("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	fromFile, err := load(func(name string) string { read[name] = true; return values[name] })
	if err != nil {
		t.Fatalf("load(.env.example) = %v, want no error", err)
	}
	defaults, _ := load(env())
	if !reflect.DeepEqual(fromFile, defaults) {
		t.Errorf("load(.env.example) = %+v, want the defaults %+v", fromFile, defaults)
	}
	for name := range read {
		if _, ok := values[name]; !ok {
			t.Errorf(".env.example does not list %s", name)
		}
	}
	for name := range values {
		if !read[name] {
			t.Errorf(".env.example lists %s, which nothing reads", name)
		}
	}
}

func TestStrategyFollowsTheDatabase(t *testing.T) { // the rule of Auth.js
	for _, tt := range []struct{ url, strategy, want string }{
		{"", "", "jwt"}, {"postgres://localhost/x", "", "database"}, {"sqlite:x.db", "", "database"},
		{"postgres://localhost/x", "jwt", "jwt"}, {"", "database", "database"},
	} {
		got, err := load(env("DATABASE_URL", tt.url, "SESSION_STRATEGY", tt.strategy))
		if err != nil || got.strategy != tt.want {
			t.Errorf("with DATABASE_URL %q and SESSION_STRATEGY %q the strategy is %q, %v, want %q", tt.url, tt.strategy, got.strategy, err, tt.want)
		}
	}
}

func TestEveryBadValueIsReportedAtOnce(t *testing.T) { // CF-1, CF-2
	bad := []string{
		"APP_ENV", "staging", "ADDR", "8080", "BASE_URL", "https://ada:hunter4@app.example", "DATABASE_URL", "mysql://u:hunter2@h/d", "DATABASE_LISTEN_URL", "x:hunter3",
		"AUTH_SECRET", "too-short", "SMTP_URL", "mail://u:hunter5@h", "MAIL_FROM", "nobody", "AUTH_PATH", "/signin/", "SESSION_STRATEGY", "cookie", "SESSION_MAX_AGE", "7d", "SESSION_ABSOLUTE_MAX_AGE", "-1h",
		"SESSION_RENEW_AFTER", "soon", "SESSION_LIMIT", "-1", "SESSION_LIMIT_POLICY", "kick", "SESSION_POLL_INTERVAL", "1ms", "SESSION_POLL_KEEPS_ALIVE", "maybe", "SESSION_PUSH", "perhaps",
		"SESSION_COOKIE_NAME", "a b", "PASSWORD_MIN_LENGTH", "7", "LOG_FORMAT", "xml", "REQUIRE_VERIFIED_EMAIL", "perhaps",
	}
	for part := range web.Switches() {
		bad = append(bad, part, "yes")
	}
	_, err := load(env(bad...))
	if _, ok := errors.AsType[configError](err); !ok {
		t.Fatalf("load = %v, want a configError", err)
	}
	text := err.Error()
	for i := 0; i < len(bad); i += 2 {
		if !strings.Contains(text, "- "+bad[i]+" ") {
			t.Errorf("the report does not name %s:\n%s", bad[i], text)
		}
	}
	for _, secret := range []string{"hunter2", "hunter3", "hunter4", "hunter5", "too-short"} {
		if strings.Contains(text, secret) {
			t.Errorf("the report prints the secret %q", secret)
		}
	}
}

func TestProductionRefusesUnsafeSettings(t *testing.T) { // CF-1, CF-2
	good := production
	tests := []struct {
		name, variable, value string
		refused               bool
	}{
		{"safe settings", "LOG_FORMAT", "json", false},
		{"no secret", "AUTH_SECRET", "", true},
		{"a short secret", "AUTH_SECRET", randomSecret[:31], true},
		{"a short old secret", "AUTH_SECRET", randomSecret + ",old", true},
		{"an empty old secret", "AUTH_SECRET", randomSecret + ",", true},
		{"two good secrets", "AUTH_SECRET", randomSecret + "," + anotherSecret, false},
		{"a secret of this repository", "AUTH_SECRET", randomSecret + "," + goodSecret, true},
		{"no database", "DATABASE_URL", "", true},
		{"no mail server", "SMTP_URL", "", true},
		{"mail in the clear", "SMTP_URL", "smtp://user:password@mail.example?tls=none", true},
		{"mail in the clear on this machine", "SMTP_URL", "smtp://localhost:25?tls=none", false},
		{"mail by TLS from the start", "SMTP_URL", "smtps://user:password@mail.example", false},
		{"mail from nobody", "MAIL_FROM", "", true},
		{"a sample secret", "AUTH_SECRET", "change-me-change-me-change-me-change-me", true},
		{"a secret of one letter", "AUTH_SECRET", strings.Repeat("a", 64), true},
		{"no base URL", "BASE_URL", "", true},
		{"an http base URL", "BASE_URL", "http://app.example", true},
		{"an http loopback base URL", "BASE_URL", "http://localhost:8080", false},
		{"an http loopback address", "BASE_URL", "http://127.0.0.1:8080", false},
		{"a host that only looks like loopback", "BASE_URL", "http://localhost.evil.example", true},
		{"a base URL with a path", "BASE_URL", "https://app.example/app", true},
		{"a base URL with a user", "BASE_URL", "https://user@app.example", true},
	}
	for _, tt := range tests {
		getenv := func(name string) string {
			if name == tt.variable {
				return tt.value
			}
			return good[name]
		}
		if _, err := load(getenv); (err != nil) != tt.refused {
			t.Errorf("production with %s: %v, want refused: %v", tt.name, err, tt.refused)
		} else if err != nil && strings.Contains(err.Error(), randomSecret[:31]) {
			t.Errorf("production with %s prints the secret", tt.name)
		}
	}
}

func TestRenewalKeepsInsideTheLifetime(t *testing.T) {
	if got, err := load(env("SESSION_MAX_AGE", "8s")); err != nil || got.renewAfter != 2*time.Second {
		t.Errorf("with SESSION_MAX_AGE 8s sessions are renewed after %v, %v, want 2s", got.renewAfter, err)
	}
	if _, err := load(env("SESSION_MAX_AGE", "1m", "SESSION_RENEW_AFTER", "1m")); err == nil {
		t.Error("SESSION_RENEW_AFTER as long as SESSION_MAX_AGE is taken, want it refused")
	}
	if got, err := load(env("SESSION_RENEW_AFTER", "0")); err != nil || got.renewAfter != 0 {
		t.Errorf("SESSION_RENEW_AFTER 0 = %v, %v, want 0", got.renewAfter, err)
	}
}

func TestCookieNames(t *testing.T) { // CK-2
	https := []string{"APP_ENV", "development", "BASE_URL", "https://app.example", "SESSION_COOKIE_NAME", "__Host-session"}
	if got, err := load(env(https...)); err != nil || got.cookieName != "__Host-session" {
		t.Errorf("a __Host- name on https = %q, %v, want it taken", got.cookieName, err)
	}
	if _, err := load(env("SESSION_COOKIE_NAME", "__Host-session")); err == nil {
		t.Error("a __Host- name on http is taken; browsers would refuse the cookie")
	}
}

// partsThatAreOn are the switches of the optional parts where nothing is said of them.
func partsThatAreOn(alone bool) map[string]bool {
	on := web.Switches()
	for part, always := range on {
		on[part] = always || alone
	}
	return on
}

// A part that is not always on is for development, unless it is asked for.
func TestPartsAreOnWhereTheyBelong(t *testing.T) {
	for part, always := range web.Switches() {
		for _, tt := range []struct {
			env, value string
			want       bool
		}{
			{"development", "", true}, {"development", "off", false}, {"development", "on", true},
			{"production", "", always}, {"production", "on", true}, {"production", "off", false},
		} {
			got, err := load(with(production, "APP_ENV", tt.env, part, tt.value, "BASE_URL", "https://localhost"))
			if err != nil || got.switches[part] != tt.want {
				t.Errorf("in %s with %s %q its part is on: %v, %v, want %v", tt.env, part, tt.value, got.switches[part], err, tt.want)
			}
		}
	}
}
