package main

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"latchkey/internal/mail/mailtest"
	"latchkey/internal/testenv"
	"latchkey/internal/web/webtest"
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

// mailServer is one that speaks STARTTLS, with the settings of a program that checks its
// certificate.
func mailServer(t *testing.T) (sink *mailtest.Sink, variables []string) {
	t.Helper()
	sink = mailtest.NewSink(t)
	sink.StartTLS, sink.User, sink.Password = true, "latchkey", "a password of the mail server"
	sink.Start()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, sink.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return sink, []string{
		"ADDR=localhost:0", "AUTH_SECRET=" + randomSecret, "MAIL_FROM=Latchkey <hello@app.example>",
		"SMTP_URL=" + sink.URL() + "?tls=starttls", "SSL_CERT_FILE=" + file,
	}
}

// A mail outlives a program that is killed before, or while, it sends it, and a mail server
// that is away meanwhile, and arrives once. If the mail server has taken it and its yes is
// lost, nobody can know: it arrives twice, and by its Message-ID is known for one.
func TestMailOutlivesAKill(t *testing.T) {
	stalls := func(s *mailtest.Sink) { s.Delay = time.Hour }
	saysNothing := func(s *mailtest.Sink) { s.Late = time.Hour }
	sends := func(sink *mailtest.Sink) bool { return sink.Talking() > 0 }
	hasSent := func(sink *mailtest.Sink) bool { return len(sink.Received()) == 1 }
	for name, way := range map[string]struct {
		server func(*mailtest.Sink) // nil = it is away
		moment func(*mailtest.Sink) bool
		kill   bool
		times  int
	}{
		"killed before it is sent":             {nil, nil, true, 1},
		"killed while it is sent":              {stalls, sends, true, 1},
		"killed before the yes":                {saysNothing, hasSent, true, 2},
		"the connection breaks before the yes": {saysNothing, hasSent, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink, variables := mailServer(t)
			if way.server == nil {
				sink.Stop()
			} else {
				sink.Set(way.server)
			}
			dir := t.TempDir()
			program := start(t, dir, variables...)
			newVisitor(t).signUp(program, "ada@example.com")
			if way.moment != nil {
				until(t, "the moment", func() bool { return way.moment(sink) })
			}
			if way.kill {
				program.cmd.Process.Signal(syscall.SIGKILL)
				<-program.ended
			}
			sink.Stop()
			sink.Set(func(s *mailtest.Sink) { s.Delay, s.Late = 0, 0 })
			outbox := outboxOf(t, "sqlite", "file:"+filepath.Join(dir, dataDir, "app.db")+"?_pragma=busy_timeout(5000)")
			if way.kill {
				outbox.leaseIsOver()
				program = start(t, dir, variables...)
			}
			sink.Start()
			outbox.empties()
			program.cmd.Process.Signal(syscall.SIGTERM)
			program.exit(0)
			got := sink.Received()
			if len(got) != way.times {
				t.Fatalf("the mail arrived %d times, want %d", len(got), way.times)
			}
			for _, m := range got {
				if m.To[0] != "ada@example.com" || !m.Secure || m.Header(t, "Message-ID") != got[0].Header(t, "Message-ID") {
					t.Errorf("a mail to %s arrived, over TLS: %t, as %s", m.To, m.Secure, m.Header(t, "Message-ID"))
				}
			}
			if n := sink.ClearPasswords(); n != 0 {
				t.Errorf("the mail server's password came without TLS %d times", n)
			}
		})
	}
}

// Instances that share a database send each mail once between them, and one sends what another
// was killed with.
func TestInstancesSendAMailOnce(t *testing.T) {
	t.Parallel()
	dsn := testenv.Postgres(t)
	sink, variables := mailServer(t)
	variables = append(variables, "DATABASE_URL="+dsn)
	sink.Set(func(s *mailtest.Sink) { s.Delay = 100 * time.Millisecond }) // so that they are busy at once
	one := start(t, t.TempDir(), append(variables, "SESSION_STRATEGY=jwt")...)
	two := start(t, t.TempDir(), append(variables, "SESSION_STRATEGY=database")...)
	const mails = 12
	var signing sync.WaitGroup
	for i := range mails {
		signing.Go(func() { newVisitor(t).signUp([]*process{one, two}[i%2], fmt.Sprintf("ada%d@example.com", i)) })
	}
	signing.Wait()
	outbox := outboxOf(t, "pgx", dsn)
	outbox.empties()
	once(t, sink, mails)

	two.cmd.Process.Signal(syscall.SIGTERM)
	two.exit(0)
	sink.Set(func(s *mailtest.Sink) { s.Delay = time.Hour })
	newVisitor(t).signUp(one, "bob@example.com")
	until(t, "the mail is on its way", func() bool { return sink.Talking() > 0 })
	two = start(t, t.TempDir(), variables...)
	one.cmd.Process.Signal(syscall.SIGKILL)
	<-one.ended
	sink.Stop()
	sink.Set(func(s *mailtest.Sink) { s.Delay = 0 })
	sink.Start()
	outbox.leaseIsOver()
	outbox.empties()
	once(t, sink, mails+1)
}

// once checks that so many mails have arrived, each of them once.
func once(t *testing.T, sink *mailtest.Sink, mails int) {
	t.Helper()
	times := map[string]int{}
	for _, m := range sink.Received() {
		times[m.To[0]+" "+m.Header(t, "Message-ID")]++
	}
	if len(times) != mails || len(sink.Received()) != mails {
		t.Errorf("%d mails arrived, %d different ones, want %d: %v", len(sink.Received()), len(times), mails, times)
	}
}

// outbox is that of running programs.
type outbox struct {
	t  *testing.T
	db *sql.DB
}

func outboxOf(t *testing.T, driver, dsn string) outbox {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return outbox{t, db}
}

// leaseIsOver does what waiting would: what an instance has claimed, another may claim.
func (o outbox) leaseIsOver() {
	o.t.Helper()
	if _, err := o.db.Exec(`UPDATE outbox SET next_try = created_at WHERE next_try IS NOT NULL`); err != nil {
		o.t.Fatal(err)
	}
}

// empties waits until nothing is to be sent.
func (o outbox) empties() {
	o.t.Helper()
	until(o.t, "the outbox is empty", func() bool {
		var waiting int
		err := o.db.QueryRow(`SELECT count(*) FROM outbox WHERE next_try IS NOT NULL`).Scan(&waiting)
		return err == nil && waiting == 0
	})
}

// LO-1: the passwords of the database and of the mail server are in no line of the log, though
// both fail, at the start and later, and the mail server says the password back.
func TestNoPasswordOfAServiceIsPrinted(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{"AUTH_SECRET": randomSecret, "database": "canary/of the+database%77", "mail server": "canary/of the+mail server%78", "user": operatorsPassword}
	sink, variables := mailServer(t)
	sink.Password = secrets["mail server"]
	cluster := testenv.PostgresCluster(t)
	variables = append(variables, "SMTP_URL="+sink.URL()+"?tls=starttls")
	says := "the user is " + base64.StdEncoding.EncodeToString([]byte("\x00latchkey\x00"+sink.Password)) + " or " + sink.Password

	var programs []*process
	for format, strategy := range map[string]string{"json": "jwt", "text": "database"} {
		variables = append(variables, "LOG_FORMAT="+format, "SESSION_STRATEGY="+strategy, "DATABASE_URL="+databaseOf(t, cluster, strategy, secrets["database"]))
		programs = append(programs, start(t, t.TempDir(), variables...))
	}
	logged := func(what string) {
		t.Helper()
		for _, program := range programs {
			until(t, what, func() bool { return strings.Contains(program.output.String(), what) })
		}
	}
	sink.Set(func(s *mailtest.Sink) { s.Refuse = mailtest.Refusing("AUTH", "535 5.7.8 at the door, "+says) })
	for i, program := range programs {
		newVisitor(t).signUp(program, strconv.Itoa(i)+"ada@example.com")
	}
	logged("at the door")
	sink.Set(func(s *mailtest.Sink) { s.Refuse = mailtest.Refusing("MAIL", "451 4.3.0 inside, "+says) })
	logged("inside")

	cluster.Stop()
	for _, program := range programs {
		for _, page := range []string{"/readyz", "/dashboard", "/account"} {
			fetch(t, program.url+page)
		}
		newVisitor(t).signIn(program, "0ada@example.com")
	}
	logged("polling for ended sessions failed")
	for _, program := range programs {
		program.cmd.Process.Signal(syscall.SIGTERM)
		program.exit(0)
	}
	late := start(t, t.TempDir(), variables...)
	late.exit(1)
	for _, program := range append(programs, late) {
		for what, secret := range secrets {
			if how := webtest.FindSecret(program.output.String(), secret); how != "" {
				t.Errorf("the secret of the %s is printed %s:\n%s", what, how, program.output)
			}
		}
	}
}

// databaseOf is a new one of a cluster, as a user with a password has it.
func databaseOf(t *testing.T, cluster *testenv.Cluster, strategy, password string) string {
	t.Helper()
	name := "of_" + strategy
	if _, err := outboxOf(t, "pgx", cluster.DSN("postgres")).db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	dsn, err := url.Parse(cluster.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	dsn.User = url.UserPassword(dsn.User.Username(), password)
	return dsn.String()
}
