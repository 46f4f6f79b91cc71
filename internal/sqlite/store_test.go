package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/ratelimit"
	"latchkey/internal/ratelimit/ratelimittest"
)

// busyWait is how long a write waits for another process: see shared in open.go.
const busyWait = 1500 * time.Millisecond

// open returns a store on the file, migrated, for as long as the test runs.
func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
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
	authtest.Run(t, func(t *testing.T) authtest.Backend {
		return accountstest.WithHash{Backend: open(t, filepath.Join(t.TempDir(), "app.db"))}
	})
}

func TestAccounts(t *testing.T) {
	accountstest.Run(t, func(t *testing.T) accountstest.Backend { return open(t, filepath.Join(t.TempDir(), "app.db")) })
}

func TestTokens(t *testing.T) {
	accountstest.RunTokens(t, func(t *testing.T) accountstest.Backend { return open(t, filepath.Join(t.TempDir(), "app.db")) })
}

func TestHistory(t *testing.T) {
	accountstest.RunHistory(t, func(t *testing.T) accountstest.Backend { return open(t, filepath.Join(t.TempDir(), "app.db")) })
}

func TestRateLimits(t *testing.T) {
	ratelimittest.Run(t, func(t *testing.T) (a, b ratelimit.Store) {
		path := filepath.Join(t.TempDir(), "app.db")
		return open(t, path), open(t, path)
	})
}

// patiently tries a write again that has waited for the lock in vain: SQLite's is not fair,
// and on a slow disk one process may take it again and again. A write that fails without
// waiting is not tried again.
func patiently(write func() error) error {
	for try := 1; ; try++ {
		start := time.Now()
		err := write()
		if try == 10 || !errors.Is(err, auth.ErrUnavailable) || time.Since(start) < busyWait {
			return err
		}
	}
}

// CL-2: two processes on one file sign one user in at once. Begun without the
// write lock, their transactions would fail as busy at once, or count what the
// other has not committed yet.
func TestTheLimitHoldsForTwoProcessesOnOneFile(t *testing.T) {
	const workers, logins, limit = 8, 10, 3
	path := filepath.Join(t.TempDir(), "app.db")
	stores := []*Store{open(t, path), open(t, path)}
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	if err := stores[0].CreateUser(t.Context(), auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now}, ""); err != nil {
		t.Fatal(err)
	}
	login := func(s *Store, id string) error {
		_, err := s.Begin(t.Context(), "ada", now, func(_ auth.User, list auth.Lister) (auth.Plan, error) {
			live, _, err := list(authtest.Everything)
			if err != nil {
				return auth.Plan{}, err
			}
			if len(live) > limit {
				t.Errorf("%d sessions are live at once, want at most %d", len(live), limit)
			}
			p := auth.Plan{New: auth.Session{ID: id, CreatedAt: now, AuthenticatedAt: now,
				LastSeenAt: now, ExpiresAt: now.Add(time.Hour), AbsoluteExpiresAt: now.Add(time.Hour)}}
			for _, l := range live[min(limit-1, len(live)):] {
				p.End = append(p.End, auth.Ending{SessionID: l.ID, Reason: auth.ReasonLimit})
			}
			return p, nil
		})
		return err
	}
	var working sync.WaitGroup
	for worker := range workers {
		working.Go(func() {
			for n := range logins {
				if err := patiently(func() error { return login(stores[worker%len(stores)], fmt.Sprintf("%d-%d", worker, n)) }); err != nil {
					t.Errorf("Begin = %v", err)
				}
			}
		})
	}
	working.Wait()
	live, _, err := stores[1].Live(t.Context(), "ada", now, authtest.Everything)
	if err != nil || len(live) != limit {
		t.Errorf("%d sessions are live after the race, %v, want %d", len(live), err, limit)
	}
}

func TestADeletedUserLeavesTombstones(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "app.db"))
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	if err := s.CreateUser(t.Context(), auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now}, ""); err != nil {
		t.Fatal(err)
	}
	_, err := s.Begin(t.Context(), "ada", now, func(auth.User, auth.Lister) (auth.Plan, error) {
		return auth.Plan{New: auth.Session{ID: "session", CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now,
			ExpiresAt: now.Add(time.Hour), AbsoluteExpiresAt: now.Add(time.Hour)}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.ExecContext(t.Context(), `DELETE FROM users`); err != nil {
		t.Fatal(err)
	}
	got, err := s.Find(t.Context(), auth.Key{ID: "session"})
	if err != nil || got.User.ID != "" {
		t.Errorf("Find = %+v, %v, want the row without its user", got, err)
	}
	if _, err := s.Renew(t.Context(), auth.Key{ID: "session"}, auth.Renewal{Now: now, ExpiresAt: now.Add(time.Hour)}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("Renew = %v, want ErrNotFound for a session without a user", err)
	}
}
