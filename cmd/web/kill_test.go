package main

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchkey/internal/mail/mailtest"
	"latchkey/internal/testenv"
)

// signUp makes an account by the sign-up page.
func (v *visitor) signUp(program *process, email string) {
	v.t.Helper()
	resp, err := v.http.PostForm(program.url+"/signup", url.Values{"email": {email}, "password": {operatorsPassword}})
	if err != nil {
		v.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 303 {
		v.t.Fatalf("signing up = %d, want 303", resp.StatusCode)
	}
}

// A mail outlives a program that is killed before, or while, it sends it, and a mail server
// that is away meanwhile. It arrives once.
func TestMailOutlivesAKill(t *testing.T) {
	for name, whileSending := range map[string]bool{"before it is sent": false, "while it is sent": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.NewSink(t)
			sink.StartTLS = true
			sink.Start()
			if whileSending {
				sink.Set(func(s *mailtest.Sink) { s.Delay = time.Hour })
			} else {
				sink.Stop() // away
			}
			dir := t.TempDir()
			variables := []string{"ADDR=localhost:0", "SMTP_URL=" + sink.URL(), "MAIL_FROM=Latchkey <hello@app.example>"}
			program := start(t, dir, variables...)
			newVisitor(t).signUp(program, "ada@example.com")
			for deadline := time.Now().Add(20 * time.Second); whileSending && sink.Talking() == 0; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the program does not send its mail")
				}
			}
			program.cmd.Process.Signal(syscall.SIGKILL)
			<-program.ended
			sink.Stop()
			if n := len(sink.Received()); n != 0 {
				t.Fatalf("%d mails have arrived, want none so far", n)
			}

			leaseIsOver(t, filepath.Join(dir, dataDir, "app.db"))
			sink.Set(func(s *mailtest.Sink) { s.Delay = 0 })
			sink.Start()
			again := start(t, dir, variables...)
			if got := sink.Wait(1); strings.Join(got[0].To, "") != "ada@example.com" {
				t.Errorf("the mail went to %s", got[0].To)
			}
			again.cmd.Process.Signal(syscall.SIGTERM)
			again.exit(0)
			if n := len(sink.Received()); n != 1 {
				t.Errorf("the mail arrived %d times, want once", n)
			}
		})
	}
}

// leaseIsOver does what waiting would: what another instance has taken may be taken again.
func leaseIsOver(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE outbox SET next_try = 0 WHERE next_try IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
}

// LO-1: the passwords of the database and of the mail server are in no line of the log, though
// both fail, and the mail server says the password back.
func TestNoPasswordOfAServiceIsPrinted(t *testing.T) {
	const canary = "canary-of-the-operator-77"
	sink := mailtest.NewSink(t)
	sink.User, sink.Password = "latchkey", "another one"
	sink.Start()
	cluster := testenv.PostgresCluster(t)
	dsn := strings.Replace(cluster.DSN(""), "latchkey@", "latchkey:"+canary+"@", 1)
	smtp := strings.Replace(sink.URL(), url.QueryEscape(sink.Password), canary, 1)
	smtp = strings.Replace(smtp, url.PathEscape(sink.Password), canary, 1)
	if !strings.Contains(dsn, canary) || !strings.Contains(smtp, canary) {
		t.Fatalf("%s and %s have no password", dsn, smtp)
	}
	dir := t.TempDir()
	program := start(t, dir, "ADDR=localhost:0", "DATABASE_URL="+dsn, "SMTP_URL="+smtp, "MAIL_FROM=hello@app.example")
	ada := newVisitor(t)
	ada.signUp(program, "ada@example.com")
	until(t, "the mail server has refused", func() bool {
		return strings.Contains(program.output.String(), "mail") && sink.Talking() == 0 && sink.ClearPasswords() > 0
	})
	cluster.Stop()
	for _, page := range []string{"/readyz", "/dashboard", "/account"} {
		fetch(t, program.url+page)
	}
	ada.signIn(program, "ada@example.com")
	until(t, "the polls have failed", func() bool { return strings.Contains(program.output.String(), "polling for ended sessions failed") })
	program.cmd.Process.Signal(syscall.SIGTERM)
	program.exit(0)
	for spelling, text := range map[string]string{"as it is": canary, "in a URL": url.QueryEscape(canary)} {
		if strings.Contains(program.output.String(), text) {
			t.Errorf("a password is printed %s:\n%s", spelling, program.output)
		}
	}
}
