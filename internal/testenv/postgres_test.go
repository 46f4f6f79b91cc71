package testenv

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatalf("Connect(%s): %v", dsn, err)
	}
	return conn
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ask returns the one value of a query, as text.
func ask(t *testing.T, conn *pgx.Conn, sql string) (value string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func TestEachDatabaseIsFreshAndEmpty(t *testing.T) {
	const tables = `SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace`
	for range 2 {
		conn := connect(t, Postgres(t))
		if got := ask(t, conn, tables); got != "0" {
			t.Errorf("tables in a new database = %s, want 0", got)
		}
		run(t, conn, `CREATE TABLE lock (key text)`)
	}
}

func TestADatabaseIsDroppedWithItsTestThoughSomeoneIsConnected(t *testing.T) {
	var name string
	t.Run("the test", func(t *testing.T) {
		name = ask(t, connect(t, Postgres(t)), `SELECT current_database()`) // never closed
	})
	conn := connect(t, Postgres(t))
	if got := ask(t, conn, `SELECT count(*)::text FROM pg_database WHERE datname = '`+name+`'`); got != "0" {
		t.Errorf("databases called %s = %s, want 0", name, got)
	}
}

func TestParallelTestsGetTheirOwnDatabases(t *testing.T) {
	for range 8 {
		t.Run("one of many", func(t *testing.T) {
			t.Parallel()
			run(t, connect(t, Postgres(t)), `CREATE TABLE lock (key text)`)
		})
	}
}

func TestTheServerListensOnItsSocketOnly(t *testing.T) {
	conn := connect(t, Postgres(t))
	for setting, want := range map[string]string{"listen_addresses": "", "fsync": "off", "max_connections": "300", "server_encoding": "UTF8"} {
		if got := ask(t, conn, `SHOW `+setting); got != want {
			t.Errorf("SHOW %s = %q, want %q", setting, got, want)
		}
	}
}

func TestAClusterKeepsItsDataThroughAnOutage(t *testing.T) {
	c := PostgresCluster(t, "fsync = on")
	dsn := c.DSN("postgres")
	conn := connect(t, dsn)
	if got := ask(t, conn, `SHOW fsync`); got != "on" {
		t.Errorf("SHOW fsync = %q, want the caller's %q", got, "on")
	}
	run(t, conn, `CREATE TABLE lock AS SELECT 'brass' AS key`)

	c.Stop()
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("Ping(open connection) succeeds, want an error after Stop")
	}
	if _, err := pgx.Connect(t.Context(), dsn); err == nil {
		t.Error("Connect succeeds, want an error after Stop")
	}

	c.Start()
	c.Restart()
	if got := ask(t, connect(t, dsn), `SELECT key FROM lock`); got != "brass" {
		t.Errorf("key after the outage = %q, want %q", got, "brass")
	}
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	if _, err := postgresBin(); err != nil {
		need(t, err, "PostgreSQL", getPostgres)
	}
	_, err := newCluster("max_connections = many")
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "max_connections"`) {
		t.Errorf("newCluster = %v, want the server's own complaint", err)
	}
}

// TEST_DATABASE_URL has the tests use a server that runs already, and leave nothing there.
func TestAServerOutsideIsUsed(t *testing.T) {
	c := PostgresCluster(t)
	t.Setenv("TEST_DATABASE_URL", c.DSN(""))
	var name string
	t.Run("a test", func(t *testing.T) {
		conn := connect(t, Postgres(t))
		defer conn.Close(t.Context())
		name = ask(t, conn, "SELECT current_database()")
		if got := ask(t, conn, "SELECT current_setting('unix_socket_directories')"); got != c.guard.dir {
			t.Errorf("the server is at %s, want the one of TEST_DATABASE_URL at %s", got, c.guard.dir)
		}
	})
	conn := connect(t, c.DSN(""))
	defer conn.Close(t.Context())
	if got := ask(t, conn, "SELECT count(*)::text FROM pg_database WHERE datname = '"+name+"'"); name == "" || got != "0" {
		t.Errorf("the database %q is left there", name)
	}
}

// Tests add parameters to what Postgres returns, with an & in front.
func TestTheAddressOfADatabaseHasParameters(t *testing.T) {
	for given, want := range map[string]string{
		"postgres://ada:pw@db.example:5432/postgres":                 "postgres://ada:pw@db.example:5432/fresh?application_name=latchkey",
		"postgres://ada:pw@db.example:5432/postgres?sslmode=disable": "postgres://ada:pw@db.example:5432/fresh?sslmode=disable",
	} {
		t.Setenv("TEST_DATABASE_URL", given)
		if got := outside("fresh"); got != want {
			t.Errorf("with TEST_DATABASE_URL=%s a database is at %s, want %s", given, got, want)
		}
	}
}
