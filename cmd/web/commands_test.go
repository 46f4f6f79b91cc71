package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"latchkey/internal/mail/mailtest"
	"latchkey/internal/testenv"
)

// place is where the program and its commands run: a folder with an environment.
type place struct {
	t         *testing.T
	dir       string
	variables []string
}

// web runs a command with a line of input, and returns what it printed and its exit code.
func (p place) web(input string, args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(input)
	cmd.Env = append([]string{"LATCHKEY_TEST_RUN_MAIN=1", "PATH=" + os.Getenv("PATH"), "HOME=" + p.dir}, p.variables...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// does runs a command that must succeed and say something.
func (p place) does(input, want string, args ...string) {
	p.t.Helper()
	if stdout, stderr, code := p.web(input, args...); code != exitDone || !strings.Contains(stdout, want) {
		p.t.Errorf("web %s ends with %d and says %q, %q, want 0 and %q", strings.Join(args, " "), code, stdout, stderr, want)
	}
}

// fails runs a command that must not.
func (p place) fails(code int, want string, args ...string) {
	p.t.Helper()
	if stdout, stderr, got := p.web("", args...); got != code || !strings.Contains(stdout+stderr, want) {
		p.t.Errorf("web %s ends with %d and says %q, %q, want %d and %q", strings.Join(args, " "), got, stdout, stderr, code, want)
	}
}

// visitor is a browser as far as a session goes.
type visitor struct {
	t    *testing.T
	http http.Client
}

func newVisitor(t *testing.T) *visitor {
	jar, _ := cookiejar.New(nil)
	return &visitor{t, http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signIn reports whether the program lets them in.
func (v *visitor) signIn(program *process, email string) bool {
	v.t.Helper()
	resp, err := v.http.PostForm(program.url+"/signin", url.Values{"email": {email}, "password": {operatorsPassword}})
	if err != nil {
		v.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusSeeOther && v.isSignedIn(program)
}

func (v *visitor) isSignedIn(program *process) bool {
	v.t.Helper()
	resp, err := v.http.Get(program.url + "/auth/session")
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return strings.Contains(string(body), "@")
}

// isOut waits until a running program has heard that the visitor is not signed in any more:
// it looks every two seconds.
func (v *visitor) isOut(program *process, after string) {
	v.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); v.isSignedIn(program); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			v.t.Fatalf("after %s they are still signed in at a running instance", after)
		}
	}
}

const operatorsPassword = "nine loud trains at dusk"

// onEach runs a test under both strategies on both databases.
func onEach(t *testing.T, f func(t *testing.T, p place)) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run("SQLite, "+strategy, func(t *testing.T) {
			t.Parallel()
			f(t, place{t, t.TempDir(), []string{"ADDR=localhost:0", "SESSION_STRATEGY=" + strategy}})
		})
		t.Run("PostgreSQL, "+strategy, func(t *testing.T) {
			t.Parallel()
			f(t, place{t, t.TempDir(), []string{"ADDR=localhost:0", "SESSION_STRATEGY=" + strategy, "DATABASE_URL=" + testenv.Postgres(t)}})
		})
	}
}

// Instances that are running obey, whichever of them has the session.
func TestInstancesObeyTheOperator(t *testing.T) {
	onEach(t, func(t *testing.T, p place) {
		one := start(t, p.dir, p.variables...)
		two := start(t, p.dir, append([]string{"BASE_URL=" + one.url}, p.variables...)...) // the cookie's name follows
		const ada = "ada@example.com"
		p.does(operatorsPassword+"\n", "ada@example.com has an account.", "user", "create", ada, "--name", "Ada")
		p.fails(exitFailed, "has an account already", "user", "create", "--no-password", " Ada@Example.com")

		a, b := newVisitor(t), newVisitor(t)
		signedIn := func(v *visitor, program *process) {
			t.Helper()
			if !v.signIn(program, ada) {
				t.Fatal("the user cannot sign in")
			}
		}
		signedIn(a, one)
		signedIn(b, two)
		p.does("", "signed out on 2 devices", "user", "sign-out", ada)
		a.isOut(one, "user sign-out")
		b.isOut(two, "user sign-out")

		signedIn(a, one)
		p.does("", "is disabled. They are signed out on one device.", "user", "disable", ada)
		a.isOut(one, "user disable")
		if b.signIn(two, ada) {
			t.Error("a disabled user signs in")
		}
		p.fails(exitFailed, "enable them first", "user", "set-limit", ada, "3")
		p.does("", "may sign in again", "user", "enable", ada)
		p.does("", "is not disabled", "user", "enable", ada)
		if a.isSignedIn(one) {
			t.Error("a session has come back to life with the account")
		}

		p.does("", "1 devices at most", "user", "set-limit", ada, "1")
		signedIn(a, one)
		signedIn(b, one)
		if a.isSignedIn(one) {
			t.Error("two devices are signed in, want one: the limit is 1")
		}
		p.does("", "SESSION_LIMIT", "user", "set-limit", ada, "default")
		signedIn(a, one)
		if !b.isSignedIn(one) {
			t.Error("the default limit leaves room for one device")
		}
		p.does("", "2 sessions have ended", "sessions", "end", "--all")
		a.isOut(one, "sessions end --all")
		b.isOut(two, "sessions end --all")
	})
}

// Before the first start there is nothing, and a command says so; afterwards all is there.
func TestMigrationsByHand(t *testing.T) {
	onEach(t, func(t *testing.T, p place) {
		p.fails(exitFailed, "run web migrate up", "user", "sign-out", "ada@example.com")
		p.does("", "none is now", "migrate", "up")
		p.does("", "UTC  00001_users.sql", "migrate", "status")
		if stdout, _, _ := p.web("", "migrate", "status"); strings.Contains(stdout, "missing") {
			t.Errorf("after migrate up something is missing:\n%s", stdout)
		}
		p.does("", "0 migrations were missing", "migrate", "up")
		p.fails(exitFailed, "there is no user", "user", "sign-out", "ada@example.com")
	})
}

// What is not understood is told from what cannot be done, and says what there is.
func TestCommandsThatAreNotUnderstood(t *testing.T) {
	p := place{t, t.TempDir(), nil}
	p.fails(exitUsage, `did you mean web user disable?`, "user", "disabel", "ada@example.com")
	p.fails(exitUsage, `did you mean web migrate up?`, "migrate", "pu")
	p.fails(exitUsage, "There is web user create, web user disable", "user")
	p.fails(exitUsage, "web help says", "frobnicate")
	p.fails(exitUsage, "usage: web user disable ADDRESS", "user", "disable")
	p.fails(exitUsage, "usage: web user disable ADDRESS", "user", "disable", "a@example.com", "b@example.com")
	p.fails(exitUsage, "flag provided but not defined: -force", "user", "disable", "a@example.com", "--force")
	p.fails(exitUsage, "say --all", "sessions", "end")
	p.fails(exitUsage, `allowed: a number from 0 to 1000`, "user", "set-limit", "a@example.com", "1001")
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}, {"help", "user"}, {"user", "--help"}, {"user", "disable", "-h"}, {"help", "user", "disable"}, {"check", "--help"}} {
		p.does("", "web ", args...)
	}
	if entries, _ := os.ReadDir(p.dir); len(entries) > 0 {
		t.Errorf("commands that did nothing have left %v", entries)
	}
	p.fails(exitFailed, "there is no database at", "user", "disable", "a@example.com")
	if stdout, _, _ := p.web("", "help"); len(actions()) < 10 || strings.Count(stdout, "\n  web ") != len(actions()) {
		t.Errorf("the help lists other commands than there are:\n%s", stdout)
	}
}

func TestPasswordsOfNewUsers(t *testing.T) {
	server := mailtest.NewSink(t).Start()
	p := place{t, t.TempDir(), []string{"SMTP_URL=" + server.URL(), "MAIL_FROM=Latchkey <hello@app.example>"}}
	p.does("", "none is now", "migrate", "up")
	p.fails(exitFailed, "there is no password", "user", "create", "ada@example.com")
	if _, stderr, code := p.web("password\n", "user", "create", "ada@example.com"); code != exitFailed || !strings.Contains(stderr, "too short") {
		t.Errorf("a weak password: exit code %d, %q", code, stderr)
	}
	if _, stderr, code := p.web(operatorsPassword+"\r\n", "user", "create", "not an address"); code != exitFailed || strings.Contains(stderr, operatorsPassword) {
		t.Errorf("an address that is none: exit code %d, %q", code, stderr)
	}
	p.does("", "sends them a link", "user", "create", "bob@example.com", "--no-password", "--name=Bob")
	start(t, p.dir, append(p.variables, "ADDR=localhost:0")...)
	until(t, "bob's mail", func() bool { return len(server.Received()) == 1 })
	if text := server.Received()[0].Part(t, "text/plain"); !strings.Contains(text, "/reset?token=") {
		t.Errorf("bob's mail is %s, want a link to choose a password", text)
	}
}

func TestASecretIsGoodEnoughForProduction(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		stdout, _, code := place{t, t.TempDir(), nil}.web("", "secret")
		secret := strings.TrimSpace(stdout)
		raw, err := base64.StdEncoding.DecodeString(secret)
		if code != exitDone || err != nil || len(raw) != 33 || weakness(secret) != "" || seen[secret] {
			t.Errorf("web secret prints %q, %d", stdout, code)
		}
		seen[secret] = true
	}
}

// check tells each thing that fails from the others, and no secret.
func TestCheck(t *testing.T) {
	good := place{t, t.TempDir(), nil}
	good.does("", "none is now", "migrate", "up")
	good.does("", "production     would refuse", "check")
	good.does("", "database       good: SQLite", "check")

	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	away := nobody.Addr().String()
	for name, tt := range map[string]struct {
		code int
		want string
		env  string
	}{
		"configuration": {exitUsage, "SESSION_LIMIT", "SESSION_LIMIT=many"},
		"misspelt":      {exitUsage, "did you mean SESSION_LIMIT", "SESION_LIMIT=3"},
		"database":      {exitFailed, "database       ", "DATABASE_URL=postgres://ada:s3cr3t-of-ada@" + away + "/app?connect_timeout=2"},
		"mail":          {exitFailed, "mail           ", "SMTP_URL=smtp://ada:s3cr3t-of-ada@" + away + "?tls=none"},
	} {
		t.Run(name, func(t *testing.T) {
			p := place{t, good.dir, []string{tt.env, "MAIL_FROM=a@example.com"}}
			p.fails(tt.code, tt.want, "check")
			if stdout, stderr, _ := p.web("", "check"); strings.Contains(stdout+stderr, "s3cr3t") {
				t.Errorf("a password is printed:\n%s%s", stdout, stderr)
			}
		})
	}
}
