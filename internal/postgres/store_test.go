package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/testenv"
)

// open returns a store on the database, migrated, for as long as the test runs.
func open(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, "")
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
	authtest.Run(t, func(t *testing.T) auth.Store { return open(t, testenv.Postgres(t)) })
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// ada adds a user with n sessions.
func ada(t *testing.T, s *Store, n int) auth.User {
	t.Helper()
	u := auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: noon, UpdatedAt: noon}
	if err := s.CreateUser(t.Context(), u, ""); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		begin(t, s, fmt.Sprintf("session-%04d", i))
	}
	return u
}

func begin(t *testing.T, s *Store, id string) {
	t.Helper()
	_, err := s.Begin(t.Context(), "ada", noon, func(auth.User, []auth.Session) (auth.Plan, error) {
		return auth.Plan{New: auth.Session{ID: id, CreatedAt: noon, AuthenticatedAt: noon, LastSeenAt: noon,
			ExpiresAt: noon.Add(time.Hour), AbsoluteExpiresAt: noon.Add(24 * time.Hour)}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listening subscribes and returns what is heard. It has subscribed when
// listening returns.
func listening(t *testing.T, s *Store) (heard <-chan auth.Change, broke <-chan error) {
	t.Helper()
	changes, failed, ready := make(chan auth.Change, 10_000), make(chan error, 1), make(chan struct{})
	go func() {
		failed <- s.Listen(t.Context(), func(context.Context) error { close(ready); return nil }, func(some ...auth.Change) {
			for _, c := range some {
				changes <- c
			}
		})
	}()
	select {
	case <-ready:
	case err := <-failed:
		t.Fatalf("Listen = %v", err)
	}
	return changes, failed
}

func next(t *testing.T, heard <-chan auth.Change) auth.Change {
	t.Helper()
	select {
	case c := <-heard:
		return c
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was heard")
		return auth.Change{}
	}
}

func TestAnotherInstanceHearsOfAnEndingWhenItCommits(t *testing.T) { // RV-3
	dsn := testenv.Postgres(t)
	a, b := open(t, dsn), open(t, dsn)
	ada(t, a, 2)
	heard, _ := listening(t, b)

	// A transaction that is rolled back is not heard of. What comes after it is,
	// and notifications keep their order.
	refused := errors.New("no")
	_, err := a.Begin(t.Context(), "ada", noon, func(auth.User, []auth.Session) (auth.Plan, error) { return auth.Plan{}, refused })
	if err != refused {
		t.Fatalf("Begin = %v, want the plan's own error", err)
	}
	err = a.inTx(t.Context(), func(tx pgx.Tx) error {
		if _, err := endSelected(t.Context(), tx, auth.Selector{UserID: "ada"}, auth.Everywhere, noon); err != nil {
			t.Fatal(err)
		}
		if len(heard) != 0 {
			t.Error("an ending was heard of before it committed")
		}
		return refused
	})
	if err != refused {
		t.Fatal(err)
	}
	if _, err := a.End(t.Context(), auth.Selector{UserID: "ada", SessionID: "session-0001"}, auth.SignedOut, noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	want := auth.Change{SessionID: "session-0001", At: noon.Add(time.Second), Ended: auth.SignedOut}
	if got := next(t, heard); got != want {
		t.Errorf("heard of %+v, want only %+v", got, want)
	}
	if len(heard) != 0 {
		t.Errorf("heard also of %+v", <-heard)
	}
}

func TestAThousandEndingsAreAllHeardOf(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1000)
	heard, _ := listening(t, s)
	if _, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.Everywhere, noon); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for range 1000 {
		got[next(t, heard).SessionID] = true
	}
	if len(got) != 1000 {
		t.Errorf("heard of %d sessions, want 1000", len(got))
	}
}

func TestWhatEndsWhileSubscribingIsNotMissed(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	heard := make(chan auth.Change, 1)
	go s.Listen(t.Context(), func(ctx context.Context) error { // the snapshot is loading, and then:
		_, err := s.End(ctx, auth.Selector{UserID: "ada"}, auth.Everywhere, noon)
		return err
	}, func(some ...auth.Change) { heard <- some[0] })
	if got := next(t, heard); got.SessionID != "session-0000" {
		t.Errorf("heard of %+v, want the session that ended meanwhile", got)
	}
}

func TestAPayloadThatCannotBeReadBreaksOff(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	_, broke := listening(t, s)
	if _, err := s.pool.Exec(t.Context(), `SELECT pg_notify('latchkey_sessions', 'nonsense')`); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-broke:
		if err == nil {
			t.Error("Listen = nil, want an error, so that the caller loads what it missed")
		}
	case <-time.After(30 * time.Second):
		t.Error("Listen goes on after a payload it cannot read")
	}
}

func TestARestartBreaksListeningOff(t *testing.T) {
	cluster := testenv.PostgresCluster(t)
	s := open(t, cluster.DSN("postgres"))
	_, broke := listening(t, s)
	cluster.Restart()
	select {
	case err := <-broke:
		if err == nil {
			t.Error("Listen = nil after the server restarted, want an error")
		}
	case <-time.After(30 * time.Second):
		t.Error("Listen did not notice that the server restarted")
	}
	listening(t, s) // and can be called again
}

func TestRenewalsTouchNoIndex(t *testing.T) {
	dsn := testenv.Postgres(t)
	separator := "?"
	if strings.Contains(dsn, "?") {
		separator = "&"
	}
	s := open(t, dsn+separator+"pool_max_conns=1") // a connection counts for itself until it flushes
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

func TestTenInstancesMigrateAtOnce(t *testing.T) { // MG-1
	dsn := testenv.Postgres(t)
	var starting sync.WaitGroup
	for range 10 {
		starting.Go(func() {
			s, err := Open(t.Context(), dsn, "")
			if err != nil {
				t.Errorf("Open = %v", err)
				return
			}
			defer s.Close()
			if err := s.Migrate(t.Context()); err != nil {
				t.Errorf("Migrate = %v", err)
			}
			if err := s.Ready(t.Context()); err != nil {
				t.Errorf("Ready = %v", err)
			}
		})
	}
	starting.Wait()
	s := open(t, dsn)
	var versions, distinct int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT version_id) FROM goose_db_version`).Scan(&versions, &distinct); err != nil {
		t.Fatal(err)
	}
	if versions != distinct {
		t.Errorf("%d migrations were applied, %d of them different", versions, distinct)
	}
}

func TestReadyBeforeMigrateIsAnError(t *testing.T) {
	s, err := Open(t.Context(), testenv.Postgres(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ready(t.Context()); err == nil {
		t.Error("Ready = nil on an empty database, want an error")
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), s.pool.Config().ConnString(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v once another instance has migrated, want nil", err)
	}
}

func TestErrorsSayWhatToDoAndNoPassword(t *testing.T) { // LO-1
	for _, url := range []string{
		"postgres://ada:hunter2@127.0.0.1:1/app",
		"postgres://ada:hunter2@127.0.0.1:1/app?pool_max_conns=3",
		"postgres://ada:hunter2@127.0.0.1:port/app",
		"postgres://ada:hunter2@127.0.0.1:1/app?sslmode=maybe",
	} {
		_, err := Open(t.Context(), url, "")
		if err == nil {
			t.Fatalf("Open(%s) = nil, want an error", url)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open(%s) prints the password: %v", url, err)
		}
		if !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("Open(%s) = %v, want it to say what to check", url, err)
		}
	}
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
