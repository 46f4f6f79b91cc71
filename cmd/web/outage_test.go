package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/testenv"
)

const userPassword = "seven quiet ships at noon"

// backWithin is how soon a site must answer again once its database does. It takes a tenth
// of that where nothing else keeps the machine busy.
const backWithin = 5 * time.Second

// reply is an answer that was read whole.
type reply struct {
	status  int
	header  http.Header
	text    string
	cookies []*http.Cookie
	took    time.Duration
}

// site is one that runs as a program, and a user who is signed in to it.
type site struct {
	*process
	ada   *http.Client
	email string // Ada's
}

// ask sends what it is asked for within a minute: later there is no answer, which is an
// error.
func (s *site) ask(client *http.Client, method, path string, fields ...string) (reply, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	start := time.Now()
	resp, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(text), resp.Cookies(), time.Since(start)}, err
}

func (s *site) get(client *http.Client, path string) reply {
	s.t.Helper()
	return s.must(s.ask(client, http.MethodGet, path))
}

func (s *site) post(client *http.Client, path string, fields ...string) reply {
	s.t.Helper()
	return s.must(s.ask(client, http.MethodPost, path, fields...))
}

func (s *site) must(got reply, err error) reply {
	s.t.Helper()
	if err != nil {
		s.t.Error(err)
	}
	return got
}

// signUp signs up a user in a browser of their own.
func (s *site) signUp(email string) (*http.Client, reply) {
	s.t.Helper()
	client := guest(s.t)
	return client, s.post(client, "/signup", "email", email, "password", userPassword)
}

// started is a site on a database, with Ada signed in. Every request a second later asks the
// database who she is.
func started(t *testing.T, dir, strategy, dsn string) *site {
	t.Helper()
	p := start(t, dir, "ADDR=localhost:0", "DATABASE_URL="+dsn, "SESSION_STRATEGY="+strategy, "SESSION_RENEW_AFTER=1s", "RATE_LIMIT=off")
	if p.url == "" {
		t.Fatalf("the program does not start:\n%s", p.output)
	}
	s := &site{process: p, email: strategy + "@example.com"}
	var signedUp reply
	if s.ada, signedUp = s.signUp(s.email); signedUp.status != 200 || !strings.Contains(signedUp.text, "Dashboard") {
		t.Fatalf("signing up = %d, want the dashboard", signedUp.status)
	}
	return s
}

// cookies are what a browser keeps of the site, as it would send them.
func (s *site) cookies(client *http.Client) string {
	u, err := url.Parse(s.url)
	if err != nil {
		s.t.Error(err)
		return ""
	}
	var all []string
	for _, c := range client.Jar.Cookies(u) {
		all = append(all, c.String())
	}
	return strings.Join(all, "; ")
}

// atOnce asks several things at the same time: each may wait as long as a request can.
func (s *site) atOnce(questions map[string]func() reply) map[string]reply {
	var mu sync.Mutex
	var asking sync.WaitGroup
	replies := map[string]reply{}
	for name, ask := range questions {
		asking.Go(func() {
			got := ask()
			mu.Lock()
			defer mu.Unlock()
			replies[name] = got
		})
	}
	asking.Wait()
	return replies
}

// outOfService checks what users and machines get while the database is away: pages that
// say what to do, and whose cookies nobody takes.
func (s *site) outOfService() {
	s.t.Helper()
	before := s.cookies(s.ada)
	stranger := guest(s.t)
	for name, got := range s.atOnce(map[string]func() reply{
		"the dashboard": func() reply { return s.get(s.ada, "/dashboard") },
		"the account":   func() reply { return s.get(s.ada, "/account") },
		"a form":        func() reply { return s.post(s.ada, "/account/sessions/end-all") },
		"a sign-in":     func() reply { return s.post(stranger, "/signin", "email", s.email, "password", userPassword) },
		"a sign-up":     func() reply { return s.post(stranger, "/signup", "email", "new@example.com", "password", userPassword) },
	}) {
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || len(got.cookies) != 0 {
			s.t.Errorf("without a database %s = %d, Retry-After %q, %d cookies, want 503, a time and none", name, got.status, got.header.Get("Retry-After"), len(got.cookies))
		}
		for _, want := range []string{"be right back", "Nothing is lost and nobody was signed out.", "Try again in 5 seconds."} {
			if !strings.Contains(got.text, want) {
				s.t.Errorf("without a database %s does not say %q", name, want)
			}
		}
		if got.took > 12*time.Second {
			s.t.Errorf("without a database %s is answered after %v, want less than the 11 s that a handler has", name, got.took)
		}
	}
	if got := s.get(s.ada, "/auth/session"); got.status != 503 || got.text != "null\n" && got.text != "null" {
		s.t.Errorf("without a database the session endpoint = %d %q, want 503 and null", got.status, got.text)
	}
	if got := s.get(stranger, "/readyz"); got.status != 503 || !strings.Contains(got.text, `"database":`) || strings.Contains(got.text, "latchkey@") {
		s.t.Errorf("without a database /readyz = %d %s, want 503 and the part", got.status, got.text)
	}
	if got := s.get(stranger, "/signin"); got.status != 200 {
		s.t.Errorf("without a database the form to sign in = %d, want 200: it needs none", got.status)
	}
	if after := s.cookies(s.ada); after != before || before == "" || s.cookies(stranger) != "" {
		s.t.Errorf("the outage touched the cookies of a user: %q became %q; a stranger has %q", before, after, s.cookies(stranger))
	}
}

// back waits until the site serves its user again, and others.
func (s *site) back() {
	s.t.Helper()
	start := time.Now()
	for {
		page, ready := s.get(s.ada, "/dashboard"), s.get(s.ada, "/readyz")
		stranger := guest(s.t)
		in := s.post(stranger, "/signin", "email", s.email, "password", userPassword)
		if page.status == 200 && strings.Contains(page.text, "Dashboard") && ready.status == 200 && in.status == 200 {
			s.t.Logf("served again after %v", time.Since(start))
			return
		}
		if time.Since(start) > backWithin {
			s.t.Fatalf("%v after the database's return the dashboard = %d, /readyz = %d %s, a sign-in = %d, want 200", backWithin, page.status, ready.status, ready.text, in.status)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// alive asks for the site's liveness until stop is called, which says how often it was
// not told that the process is alive.
func (s *site) alive() (stop func() (asked, failed int64)) {
	var running sync.WaitGroup
	var asked, failed atomic.Int64
	ctx, cancel := context.WithCancel(s.t.Context())
	running.Go(func() {
		client := &http.Client{Timeout: 2 * time.Second}
		for ctx.Err() == nil {
			resp, err := client.Get(s.url + "/healthz")
			asked.Add(1)
			if err != nil || resp.StatusCode != http.StatusOK {
				failed.Add(1)
			}
			if err == nil {
				resp.Body.Close()
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	s.t.Cleanup(func() { cancel(); running.Wait() })
	return func() (int64, int64) {
		cancel()
		running.Wait()
		return asked.Load(), failed.Load()
	}
}

// TestASiteComesBackWithItsDatabase takes PostgreSQL away from running programs, by killing
// it and by having it say nothing, and gives it back (DB-1, RV-4).
func TestASiteComesBackWithItsDatabase(t *testing.T) {
	for name, outage := range map[string]func(t *testing.T) (dsn string, down, up func()){
		"killed": func(t *testing.T) (string, func(), func()) {
			c := testenv.PostgresCluster(t)
			return c.DSN("postgres"), c.Stop, c.Start
		},
		"hanging": func(t *testing.T) (string, func(), func()) {
			w := newWire(t, testenv.PostgresCluster(t).DSN("postgres"))
			return w.dsn, w.hold, w.release
		},
	} {
		t.Run(name, func(t *testing.T) {
			dsn, down, up := outage(t)
			var sites []*site
			for _, strategy := range []string{"jwt", "database"} {
				sites = append(sites, started(t, t.TempDir(), strategy, dsn))
			}
			var stops []func() (asked, failed int64)
			for _, s := range sites {
				stops = append(stops, s.alive())
			}
			time.Sleep(1200 * time.Millisecond) // until every session is due
			down()
			var looking sync.WaitGroup
			for _, s := range sites {
				looking.Go(s.outOfService)
			}
			looking.Wait()
			up()
			for i, s := range sites {
				s.back()
				if asked, failed := stops[i](); failed > 0 || asked < 10 {
					t.Errorf("of %d questions whether the process is alive %d were not answered 200", asked, failed)
				}
				if out := s.output.String(); strings.Contains(out, "panic") {
					t.Errorf("the program has panicked:\n%s", out)
				}
			}
		})
	}
}

// DB-3: a server that takes no writes any more, such as one that was demoted, lets nobody in,
// says so, and is followed once it does.
func TestAReadOnlyServerLetsNobodyIn(t *testing.T) {
	c := testenv.PostgresCluster(t)
	dsn := c.DSN("postgres")
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			s := started(t, t.TempDir(), strategy, dsn)
			users, sessions := query(t, dsn, "SELECT count(*) FROM users"), query(t, dsn, "SELECT count(*) FROM sessions")
			readOnly(t, dsn, "on")
			stranger := guest(t)
			for name, got := range map[string]reply{
				"a sign-in": s.post(stranger, "/signin", "email", s.email, "password", userPassword),
				"a sign-up": s.post(stranger, "/signup", "email", "new@example.com", "password", userPassword),
			} {
				if got.status != 503 || len(got.cookies) != 0 || !strings.Contains(got.text, "Nothing is lost") {
					t.Errorf("while nothing can be written %s = %d with %d cookies, want 503 and none", name, got.status, len(got.cookies))
				}
			}
			if got := s.get(s.ada, "/dashboard"); got.status != 200 && got.status != 503 || len(got.cookies) != 0 {
				t.Errorf("while nothing can be written the dashboard = %d with %d cookies, want it, or 503, and none", got.status, len(got.cookies))
			}
			if got := s.get(stranger, "/readyz"); got.status != 503 || !strings.Contains(got.text, `"database":`) {
				t.Errorf("while nothing can be written /readyz = %d %s, want 503 and the part", got.status, got.text)
			}
			if got := s.get(stranger, "/healthz"); got.status != 200 {
				t.Errorf("while nothing can be written /healthz = %d, want 200", got.status)
			}
			until(t, "the log says what to do", func() bool { return strings.Contains(s.output.String(), "DATABASE_URL must name the primary") })
			readOnly(t, dsn, "off")
			s.back()
			if u, n := query(t, dsn, "SELECT count(*) FROM users"), query(t, dsn, "SELECT count(*) FROM sessions WHERE ended_at IS NULL"); u != users || n <= sessions-1 {
				t.Errorf("%d users and %d sessions became %d and %d, want what the refused had sent left out", users, sessions, u, n)
			}
		})
	}
}

// readOnly has a server take no writes, or take them again, and waits until connections know.
func readOnly(t *testing.T, dsn, value string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, statement := range []string{"SET default_transaction_read_only = off", "ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var now string
		if err := conn.QueryRow(t.Context(), "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'").Scan(&now); err != nil {
			t.Fatal(err)
		}
		if now == value {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("default_transaction_read_only is %s ten seconds after it was set to %s", now, value)
		}
	}
}

// wire leads to a database, and can fall silent: connections stay, and nothing comes
// through.
type wire struct {
	dsn    string
	socket string
	gate   sync.RWMutex // held while it is silent
	held   bool
}

func newWire(t *testing.T, dsn string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{dsn: "postgres://latchkey@" + l.Addr().String() + u.Path + "?sslmode=disable", socket: u.Query().Get("host") + "/.s.PGSQL." + u.Query().Get("port")}
	t.Cleanup(func() {
		l.Close()
		if w.held {
			w.release()
		}
	})
	go func() {
		for {
			client, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if server, e := net.Dial("unix", w.socket); err == nil && e == nil {
				go w.carry(client, server)
				go w.carry(server, client)
			}
		}
	}()
	return w
}

func (w *wire) hold()    { w.gate.Lock(); w.held = true }
func (w *wire) release() { w.held = false; w.gate.Unlock() }

func (w *wire) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	data := make([]byte, 64<<10)
	for {
		n, err := from.Read(data)
		w.gate.RLock()
		if err == nil {
			_, err = to.Write(data[:n])
		}
		w.gate.RUnlock()
		if err != nil {
			return
		}
	}
}

// query asks a PostgreSQL database for one number.
func query(t *testing.T, dsn, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}
