package postgres

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/ratelimit"
	"latchkey/internal/ratelimit/ratelimittest"
	"latchkey/internal/testenv"
)

// open returns a store on the database, migrated, for as long as the test runs.
func open(t testing.TB, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	authtest.Run(t, func(t *testing.T) authtest.Backend {
		t.Parallel()
		return accountstest.WithHash{Backend: open(t, testenv.Postgres(t))}
	})
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	accountstest.Run(t, func(t *testing.T) accountstest.Backend {
		t.Parallel()
		return open(t, testenv.Postgres(t))
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	accountstest.RunTokens(t, func(t *testing.T) accountstest.Backend {
		t.Parallel()
		return open(t, testenv.Postgres(t))
	})
}

func TestHistory(t *testing.T) {
	t.Parallel()
	accountstest.RunHistory(t, func(t *testing.T) accountstest.Backend {
		t.Parallel()
		return open(t, testenv.Postgres(t))
	})
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	ratelimittest.Run(t, func(t *testing.T) (a, b ratelimit.Store) {
		t.Parallel()
		dsn := testenv.Postgres(t)
		return open(t, dsn), open(t, dsn)
	})
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// ada adds a user with n sessions.
func ada(t *testing.T, s *Store, n int) auth.User {
	t.Helper()
	u := auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: noon, UpdatedAt: noon}
	if err := s.CreateUser(t.Context(), u, ""); err != nil {
		t.Fatal(err)
	}
	_, err := s.pool.Exec(t.Context(), `
		INSERT INTO sessions (id, user_id, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
		SELECT format('session-%s', lpad(n::text, 4, '0')), 'ada', $1, $1, $1, $2, $3, '', '' FROM generate_series(0, $4 - 1) AS n`,
		noon, noon.Add(time.Hour), noon.Add(24*time.Hour), n)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestADeletedUserLeavesTombstones(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	if _, err := s.pool.Exec(t.Context(), `DELETE FROM users`); err != nil {
		t.Fatal(err)
	}
	got, err := s.Find(t.Context(), auth.Key{ID: "session-0000"})
	if err != nil || got.User.ID != "" {
		t.Errorf("Find = %+v, %v, want the row without its user", got, err)
	}
	if _, err := s.Renew(t.Context(), auth.Key{ID: "session-0000"}, auth.Renewal{Now: noon, ExpiresAt: noon.Add(time.Hour)}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("Renew = %v, want ErrNotFound for a session without a user", err)
	}
}

func TestRenewalsTouchNoIndex(t *testing.T) {
	s := open(t, testenv.Postgres(t)+"&pool_max_conns=1") // a connection counts for itself until it flushes
	ada(t, s, 1)
	const renewals = 20
	for i := range renewals {
		now := noon.Add(time.Duration(i) * time.Second)
		if _, err := s.Renew(t.Context(), auth.Key{ID: "session-0000"}, auth.Renewal{Now: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.pool.Exec(t.Context(), `SELECT pg_stat_force_next_flush()`); err != nil {
		t.Fatal(err)
	}
	var updates, hot int
	err := s.pool.QueryRow(t.Context(), `SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'`).Scan(&updates, &hot)
	if err != nil {
		t.Fatal(err)
	}
	if updates < renewals || hot != updates {
		t.Errorf("%d of %d renewals were HOT updates, want all", hot, updates)
	}
}

func TestATransactionIsGivenUpWhenItsInstanceFallsSilent(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	err := s.inTx(t.Context(), func(tx pgx.Tx) error {
		var isolation, timeout string
		err := tx.QueryRow(t.Context(), `SELECT current_setting('transaction_isolation'), current_setting('idle_in_transaction_session_timeout')`).
			Scan(&isolation, &timeout)
		if isolation != "read committed" || timeout != "10s" {
			t.Errorf("a transaction runs with %s and may idle for %s, want read committed and 10s", isolation, timeout)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two that collect at once take different rows: neither waits for the other.
func TestInstancesCollectBesideEachOther(t *testing.T) {
	dsn := testenv.Postgres(t)
	a, b := open(t, dsn), open(t, dsn)
	ada(t, a, 3)
	late := noon.Add(48 * time.Hour)
	err := a.inTx(t.Context(), func(tx pgx.Tx) error { // a is collecting, and holds one row
		if _, err := tx.Exec(t.Context(), `DELETE FROM sessions WHERE id = 'session-0000'`); err != nil {
			return err
		}
		if n, err := b.Collect(t.Context(), late); n != 2 || err != nil {
			t.Errorf("Collect beside another = %d, %v, want the 2 rows that are free, at once", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := b.Collect(t.Context(), late); n != 0 || err != nil {
		t.Errorf("Collect after the other = %d, %v, want 0", n, err)
	}
}
