package main

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func TestDurationsHaveALongest(t *testing.T) {
	for _, tt := range []struct {
		env, name, value string
		ok               bool
	}{
		{"development", "SESSION_POLL_INTERVAL", "24h", true}, {"development", "SESSION_POLL_INTERVAL", "720h", false}, {"production", "SESSION_POLL_INTERVAL", "24h1s", false},
		{"development", "SESSION_MAX_AGE", "9600h", true}, {"development", "SESSION_MAX_AGE", "9601h", false}, {"production", "SESSION_ABSOLUTE_MAX_AGE", "9601h", false}, {"production", "SESSION_ABSOLUTE_MAX_AGE", "2540400h", false},
		{"production", "SESSION_RENEW_AFTER", "1h", true}, {"production", "SESSION_RENEW_AFTER", "160h", false}, {"production", "SESSION_RENEW_AFTER", "61m", false}, {"development", "SESSION_RENEW_AFTER", "160h", false}, {"development", "SESSION_RENEW_AFTER", "20h", true},
		{"production", "SESSION_MAX_AGE", "99999999999h", false}, {"production", "SESSION_MAX_AGE", "-1h", false}, {"production", "SESSION_MAX_AGE", "168", false},
	} {
		_, err := load(with(production, "APP_ENV", tt.env, tt.name, tt.value))
		if (err == nil) != tt.ok || err != nil && !strings.Contains(err.Error(), tt.name+" ") {
			t.Errorf("in %s %s=%s: %v, want it taken: %v", tt.env, tt.name, tt.value, err, tt.ok)
		}
	}
}

func TestTheSessionCookieHasANameOfItsOwn(t *testing.T) {
	for _, name := range []string{
		"authjs.csrf-token", "__Host-authjs.csrf-token", "__Secure-authjs.csrf-token", "authjs.callback-url", "__Secure-authjs.callback-url", "authjs.state", "authjs.nonce", "__Secure-authjs.pkce.code_verifier",
		"next-auth.csrf-token", "__Host-next-auth.csrf-token", "AuthJS.CSRF-Token", "__host-authjs.csrf-token", "authjs.csrf-token.0", "session.0", "authjs.session-token.12", "__Secure-", "__Host-", "a b", "a;b", "a=b", "é",
	} {
		if _, err := load(with(production, "SESSION_COOKIE_NAME", name)); err == nil || !strings.Contains(err.Error(), "SESSION_COOKIE_NAME ") {
			t.Errorf("SESSION_COOKIE_NAME %q: %v, want it refused", name, err)
		}
	}
	for _, name := range []string{"authjs.session-token", "__Secure-authjs.session-token", "__Host-session", "next-auth.session-token", "session", "state", "sid.v2"} {
		if _, err := load(with(production, "SESSION_COOKIE_NAME", name)); err != nil {
			t.Errorf("SESSION_COOKIE_NAME %q: %v, want it taken", name, err)
		}
	}
	for _, name := range []string{"__secure-x", "__HOST-x"} { // browsers hold these to the prefix as well
		if _, err := load(env("SESSION_COOKIE_NAME", name)); err == nil {
			t.Errorf("SESSION_COOKIE_NAME %q over http is taken, want it refused", name)
		}
	}
}

func TestProjectsInDevelopmentHaveCookiesOfTheirOwn(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	if developmentCookie(one, false) == developmentCookie(two, false) {
		t.Error("two projects have one cookie name")
	}
	name := developmentCookie(one, false)
	if name != developmentCookie(filepath.Join(one, "x", ".."), false) || !strings.HasPrefix(name, strings.ReplaceAll(strings.ToLower(siteName), " ", "-")+"-") || !strings.HasSuffix(name, ".session-token") {
		t.Errorf("developmentCookie(%s) = %q, want the same at every start, with the site's name", one, name)
	}
	if got := developmentCookie(one, true); got != "__Secure-"+name {
		t.Errorf("over https the cookie is %q, want %q", got, "__Secure-"+name)
	}
}

// cookieNames are the cookies that a sign-in as a new user sets.
func cookieNames(t *testing.T, address string) (names string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"name": {"Ada"}, "email": {"ada@example.com"}, "password": {"seven quiet ships at noon"}}
	resp, err := client.PostForm(address+"/signup", form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, c := range resp.Cookies() {
		names += c.Name + " "
	}
	return names
}

func TestTheCookieIsThatOfAuthJSWhereItIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		variables []string
		want      string
	}{
		{nil, developmentCookie(dir, false)},
		{[]string{"SESSION_COOKIE_NAME=authjs.session-token"}, "authjs.session-token"},
		{[]string{"APP_ENV=production", "SMTP_URL=smtp://localhost:1", "MAIL_FROM=a@b.example", "REQUIRE_VERIFIED_EMAIL=false", "BASE_URL=http://localhost:1", "AUTH_SECRET=" + randomSecret}, "authjs.session-token"},
	} {
		file := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "app.db")
		p := start(t, dir, append(tt.variables, "ADDR=localhost:0", file)...)
		if got := cookieNames(t, listeningOn(t, p)); !strings.Contains(got, tt.want) {
			t.Errorf("with %q a sign-up sets the cookies %q, want %s", tt.variables, got, tt.want)
		}
	}
}

func TestDatabaseURLsAreNeverGuessed(t *testing.T) {
	for url, want := range map[string]string{
		"mysql://u:hunter2@h/d": "does not speak", "cockroachdb://u:hunter2@h/d": "does not speak", "//u:hunter2@h/d": "kind of the database", "u:hunter2@h:5432/d": "kind of the database", "h:5432/d": "kind of the database",
		"h/d": "kind of the database", "host=h password=hunter2": "kind of the database", "data/app.db": "kind of the database", "file:app.db": "kind of the database", "Postgres://u:hunter2@h/d": "small letters", "POSTGRESQL://u:hunter2@h/d": "small letters",
		"postgres:u:hunter2@h/d": "small letters", "postgres:/h/d": "small letters", "ostgres://u:hunter2@h/d": "does not speak", "sqlite:": "no file", "sqlite://": "no file", "sqlite:data/": "no file", "sqlite::memory:": "memory",
		"sqlite:app.db?mode=ro": "parameters", "sqlite3:app.db": "kind of the database", `"postgres://u:hunter2@h/d"`: "quotation", " postgres://u:hunter2@h/d": "white space", "${DATABASE_URL}": "kind of the database",
	} {
		for _, mode := range []string{"development", "production"} {
			_, err := load(with(production, "APP_ENV", mode, "DATABASE_URL", url))
			if err == nil || !strings.Contains(err.Error(), "DATABASE_URL ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("in %s DATABASE_URL %q: %v, want %q and no password", mode, url, err, want)
			}
		}
		if strings.Contains(want, "quotation") || strings.Contains(want, "white") {
			continue
		}
		if db, err := connect(t.Context(), config{databaseURL: url, dir: t.TempDir()}, newLogger(false, &output{})); err == nil && !strings.HasPrefix(url, "sqlite:") {
			db.Close()
			t.Errorf("connect(%q) opened %s, want an error", url, db.Describe())
		}
	}
	for _, tt := range []struct{ database, listen string }{{"sqlite:app.db", "postgres://h/d"}, {"", "postgres://h/d"}, {"postgres://h/d", "sqlite:app.db"}} {
		if _, err := load(env("DATABASE_URL", tt.database, "DATABASE_LISTEN_URL", tt.listen)); err == nil || !strings.Contains(err.Error(), "DATABASE_LISTEN_URL ") {
			t.Errorf("DATABASE_LISTEN_URL %q beside %q: %v, want it refused", tt.listen, tt.database, err)
		}
	}
}

func TestProductionAsksForTLS(t *testing.T) {
	cfg := config{production: true, databaseURL: "postgres://u:hunter2@db.example/app", dir: t.TempDir()}
	if _, err := connect(t.Context(), cfg, newLogger(false, &output{})); err == nil || !strings.Contains(err.Error(), "sslmode=verify-full") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("connect in the clear = %v, want TLS asked for", err)
	}
}

func TestWhatSurroundsAValueIsSaid(t *testing.T) {
	for _, v := range []string{`"jwt"`, "'jwt'", "jwt ", " jwt", "jwt\r", "\tjwt"} {
		if _, err := load(env("SESSION_STRATEGY", v)); err == nil || strings.Count(err.Error(), "SESSION_STRATEGY") != 1 {
			t.Errorf("SESSION_STRATEGY %q: %v, want one line about it", v, err)
		}
	}
}
