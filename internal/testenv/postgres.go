package testenv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const getPostgres = "install PostgreSQL 13 or newer: apt-get install postgresql, brew install postgresql, or Postgres.app; on Windows, in WSL"

// postgresSettings make a server that is quick, small and out of reach: no TCP,
// and its socket lies in a folder that only its user (and root) can enter.
// fsync guards against a crash of the machine, which the data would not survive
// anyway; a crash of the server, as in Stop, loses nothing without it.
var postgresSettings = []string{
	"listen_addresses = ''",
	"port = 5432",
	"max_connections = 300",
	"shared_buffers = 16MB",
	"fsync = off",
	"full_page_writes = off",
}

// pg_ctl start waits until the server accepts connections, 30 s at most.
const postgresScript = `
prepare() {
	bin=$1 && shift
	"$bin/initdb" -D "$dir/data" -U latchkey -A trust -E UTF8 --locale=C --no-sync &&
	printf '%s\n' "unix_socket_directories = '$dir'" "$@" >>data/postgresql.conf
}
obey() {
	case $1 in
	start) "$bin/pg_ctl" start -D "$dir/data" -w -t 30 ;;
	stop) "$bin/pg_ctl" stop -D "$dir/data" -w -t 30 -m immediate ;;
	esac
}
finish() { obey stop; }
`

// shared is the cluster of Postgres: one a process, because initdb takes a
// second and an empty database some milliseconds. The end of the process ends it.
var shared = sync.OnceValues(func() (*Cluster, error) { return newCluster() })

var databases atomic.Int64

// Postgres returns the DSN (a postgres:// URL with parameters) of a fresh, empty database on
// a real server, and drops it when the test ends, whoever is still connected. The server is
// that of TEST_DATABASE_URL, whose user may make databases, or else the one of OwnPostgres.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	if os.Getenv("TEST_DATABASE_URL") == "" {
		return OwnPostgres(t)
	}
	return fresh(t, outside)
}

// OwnPostgres is Postgres for a test that says nothing of the server of TEST_DATABASE_URL,
// such as one of a pooler or of the words of PostgreSQL: the server is one of this process's
// own. Without PostgreSQL on this machine the test is skipped; see Missing.
func OwnPostgres(t testing.TB) (dsn string) {
	t.Helper()
	c, err := shared()
	need(t, err, "PostgreSQL", getPostgres)
	return fresh(t, c.DSN)
}

// fresh makes a database for the test.
func fresh(t testing.TB, at func(dbname string) string) (dsn string) {
	t.Helper()
	name := fmt.Sprintf("latchkey_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := execute(at(""), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := execute(at(""), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return at(name)
}

// outside is the URL of a database on a server that runs already; "" = the one that
// TEST_DATABASE_URL names.
func outside(dbname string) string {
	u, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	if err != nil { // the driver says what is wrong with it
		return os.Getenv("TEST_DATABASE_URL")
	}
	if dbname != "" {
		u.Path = "/" + dbname
	}
	if u.RawQuery == "" { // tests add parameters of theirs
		u.RawQuery = "application_name=latchkey"
	}
	return u.String()
}

// PostgresOfProgram starts a server for a program that is no test, such as one that
// measures, and returns the DSN of an empty database. "" = PostgreSQL is not on this
// machine. The end of the process ends the server, as stop does.
func PostgresOfProgram() (dsn string, stop func(), err error) {
	c, err := ClusterOfProgram()
	if c == nil || err != nil {
		return "", func() {}, err
	}
	return c.DSN(""), c.Close, nil
}

// ClusterOfProgram is PostgresCluster for a program that is no test, which uses Crash,
// Recover and Close. nil = PostgreSQL is not on this machine.
func ClusterOfProgram(settings ...string) (*Cluster, error) {
	c, err := newCluster(settings...)
	if errors.Is(err, errMissing) {
		return nil, nil
	}
	return c, err
}

// A Cluster is a PostgreSQL server of one test's own, which may crash and come
// back with the same data and DSN. For use from the goroutine of its test.
type Cluster struct {
	t     testing.TB
	guard *guard
}

// PostgresCluster starts a server that lives as long as the test. The settings
// are lines of postgresql.conf that win over ours, such as "fsync = on".
func PostgresCluster(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	c, err := newCluster(settings...)
	need(t, err, "PostgreSQL", getPostgres)
	t.Cleanup(c.guard.close)
	c.t = t
	return c
}

func newCluster(settings ...string) (*Cluster, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	g, err := newGuard(true, postgresScript, slices.Concat([]string{bin}, postgresSettings, settings)...)
	if err != nil {
		return nil, err
	}
	if err := g.obey("start"); err != nil {
		g.close()
		return nil, err
	}
	return &Cluster{guard: g}, nil
}

// DSN is the URL of a database of the cluster; "" = one that exists and is empty.
func (c *Cluster) DSN(dbname string) string {
	dbname = cmp.Or(dbname, "postgres")
	socket := url.Values{"host": {c.guard.dir}, "port": {"5432"}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User("latchkey"), Path: "/" + dbname, RawQuery: socket.Encode()}
	return u.String()
}

// Stop crashes the server: every connection breaks, nothing is written in farewell.
func (c *Cluster) Stop() { c.t.Helper(); c.must(c.Crash()) }

// Start brings the server back; it recovers from its log as after any crash.
func (c *Cluster) Start() { c.t.Helper(); c.must(c.Recover()) }

// Restart is an outage too short for most to notice.
func (c *Cluster) Restart() { c.t.Helper(); c.Stop(); c.Start() }

// Crash is Stop for a program. The error holds the server's log.
func (c *Cluster) Crash() error { return c.guard.obey("stop") }

// Recover is Start for a program. The error holds the server's log.
func (c *Cluster) Recover() error { return c.guard.obey("start") }

// Close ends the server and removes its data. A test's cluster does that by itself.
func (c *Cluster) Close() { c.guard.close() }

func (c *Cluster) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// execute runs one statement for the administrator, who has no test's context:
// that one is over when a database is dropped.
func execute(dsn, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}
