package postgres

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

// A migration during a rolling deploy changes a table under the prepared
// statements of the instances that still run.
func TestAMigrationElsewhereFailsNoQuestion(t *testing.T) {
	dsn := testenv.Postgres(t)
	s, other := open(t, dsn), open(t, dsn)
	ada(t, s, 1)
	ask := func() error {
		_, err := s.Find(t.Context(), auth.Key{ID: "session-0000"})
		_, _, live := s.Live(t.Context(), "ada", noon, auth.Page{Limit: 10})
		_, renewed := s.Renew(t.Context(), auth.Key{ID: "session-0000"}, auth.Renewal{Now: noon, ExpiresAt: noon.Add(time.Hour)})
		_, _, user := s.UserByEmail(t.Context(), "ada@example.com")
		return errors.Join(err, live, renewed, user)
	}
	var asking sync.WaitGroup
	for range 8 { // on several connections
		asking.Go(func() {
			for range 20 {
				if err := ask(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	asking.Wait()
	for _, ddl := range []string{`ALTER TABLE users ALTER COLUMN max_sessions TYPE bigint`, `ALTER TABLE sessions ALTER COLUMN ip TYPE varchar(99)`} {
		if _, err := other.pool.Exec(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := ask(); err != nil {
				t.Errorf("after %s: %v", ddl, err)
			}
		}
	}
}

// standby makes a server read-only, as a former primary is after a failover.
func standby(t *testing.T, c *testenv.Cluster, readOnly string) {
	t.Helper()
	s := openAny(t, c.DSN("postgres"))
	if _, err := s.pool.Exec(t.Context(), `ALTER SYSTEM SET default_transaction_read_only = `+readOnly); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(t.Context(), `SELECT pg_reload_conf()`); err != nil {
		t.Fatal(err)
	}
	for {
		var now string
		if err := s.pool.QueryRow(t.Context(), `SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'`).Scan(&now); err != nil {
			t.Fatal(err)
		}
		if now == readOnly {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// openAny takes a read-only server as well.
func openAny(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn+"&target_session_attrs=any", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestAFailoverByNameIsFollowed(t *testing.T) {
	old, successor := testenv.PostgresCluster(t), testenv.PostgresCluster(t)
	name, dsn := through(t, old.DSN("postgres"), nil)
	s := open(t, dsn)
	ada(t, s, 3)
	ada(t, open(t, successor.DSN("postgres")), 3)
	if err := s.Ready(t.Context()); err != nil {
		t.Fatalf("Ready = %v", err)
	}

	standby(t, old, "on") // and nobody else yet
	if err := s.Ready(t.Context()); !errors.Is(err, auth.ErrUnavailable) || !strings.Contains(err.Error(), "primary") {
		t.Errorf("Ready on a server that takes no writes = %v, want an error that says so", err)
	}
	if _, err := s.End(t.Context(), auth.Selector{UserID: "ada", SessionID: "session-0000"}, auth.ReasonAdmin, noon); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("End on a server that takes no writes = %v, want ErrUnavailable", err)
	}
	name.leadTo(successor.DSN("postgres"))
	start := time.Now()
	for {
		_, err := s.End(t.Context(), auth.Selector{UserID: "ada", SessionID: "session-0001"}, auth.ReasonAdmin, noon)
		if err == nil {
			break
		}
		if time.Since(start) > 5*time.Second {
			t.Fatalf("End = %v five seconds after the name leads to the new primary", err)
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v once the name leads to the new primary", err)
	}
}

// Pooled connections to a server that turned into a standby are given up by the
// write that finds out, which is carried out on the new primary.
func TestAWriteFollowsAFailoverAtOnce(t *testing.T) {
	old, successor := testenv.PostgresCluster(t), testenv.PostgresCluster(t)
	name, dsn := through(t, old.DSN("postgres"), nil)
	s := open(t, dsn)
	ada(t, s, 3)
	ada(t, open(t, successor.DSN("postgres")), 3)
	name.leadTo(successor.DSN("postgres"))
	standby(t, old, "on")
	changes, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonAdmin, noon)
	if err != nil || len(changes) != 3 {
		t.Errorf("End = %d changes, %v, want 3 on the new primary", len(changes), err)
	}
}

func TestTheURLMayAskForAnyServer(t *testing.T) {
	c := testenv.PostgresCluster(t)
	standby(t, c, "on")
	if _, err := Open(t.Context(), c.DSN("postgres"), "", nil); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("Open of a server that takes no writes = %v, want an error that says so", err)
	}
	openAny(t, c.DSN("postgres"))
}
