package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// held is a store on whose file another program holds a transaction, such as
// IMMEDIATE or EXCLUSIVE.
func held(t *testing.T, kind string) (s *Store, release func()) {
	t.Helper()
	s = open(t, filepath.Join(t.TempDir(), "app.db"))
	other := openPool(s.path, "_busy_timeout=1000", 1)
	t.Cleanup(func() { other.Close() })
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do := func(statement string) {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	do("BEGIN " + kind)
	return s, func() { do("ROLLBACK") }
}

var kinds = []string{"IMMEDIATE", "EXCLUSIVE"}

func TestAWriteWaitsNoLongerThanItsCaller(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, kind := range kinds {
		s, release := held(t, kind)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := s.End(ctx, auth.Selector{UserID: "ada"}, auth.ReasonAdmin, start)
		if !errors.Is(err, auth.ErrUnavailable) || time.Since(start) > time.Second {
			t.Errorf("End while another program holds %s = %v after %v, want ErrUnavailable by its caller's deadline of 100ms", kind, err, time.Since(start))
		}
		start = time.Now()
		_, err = s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonAdmin, start)
		if !errors.Is(err, auth.ErrUnavailable) || time.Since(start) > 2*time.Second {
			t.Errorf("End without a deadline while another program holds %s = %v after %v, want ErrUnavailable within 2s", kind, err, time.Since(start))
		}
		release()
		if _, err = s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonAdmin, start); err != nil {
			t.Errorf("End after %s was let go = %v", kind, err)
		}
	}
}

func TestAWriteWaitsItsTurn(t *testing.T) {
	s, release := held(t, "IMMEDIATE")
	done := make(chan error, 1)
	go func() {
		_, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonAdmin, time.Now())
		done <- err
	}()
	time.Sleep(200 * time.Millisecond) // it is waiting at the file's lock
	release()
	if err := <-done; err != nil {
		t.Errorf("End = %v once the other program has let go, want it to have waited", err)
	}
}

// A session that is due for renewal and cannot be written is validated by reading,
// well within the time that a request has.
func TestASessionIsValidatedWhileItCannotBeRenewed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, strategy := range authtest.Strategies {
		for _, kind := range kinds {
			t.Run(strategy+"/"+kind, func(t *testing.T) {
				s := open(t, filepath.Join(t.TempDir(), "app.db"))
				now := time.Now()
				service, err := auth.New(auth.Config{
					Store: s, Strategy: strategy, Secrets: []string{authtest.Secret}, CookieName: "authjs.session-token",
					MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
				})
				if err != nil {
					t.Fatal(err)
				}
				store := accountstest.WithHash{Backend: s}
				if err := store.AddUser(t.Context(), auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now}); err != nil {
					t.Fatal(err)
				}
				var cookies []string
				for range 5 {
					issued, err := service.Begin(t.Context(), authtest.Ada)
					if err != nil {
						t.Fatal(err)
					}
					cookies = append(cookies, issued.Cookie)
				}
				other := openPool(s.path, "_busy_timeout=1000", 1)
				defer other.Close()
				if _, err := other.ExecContext(t.Context(), fmt.Sprintf("BEGIN %s", kind)); err != nil {
					t.Fatal(err)
				}
				now = now.Add(10 * time.Minute) // due
				start := time.Now()
				var asking sync.WaitGroup
				for _, cookie := range cookies { // they queue for the one connection that writes
					asking.Go(func() {
						r := service.Authenticate(t.Context(), cookie, authtest.Visit)
						if r.State != auth.StateOK || r.Cookie != "" {
							t.Errorf("Authenticate = state %d %q (%v), want it let in without a new cookie", r.State, r.Cookie, r.Err)
						}
					})
				}
				asking.Wait()
				if took := time.Since(start); took > 1900*time.Millisecond {
					t.Errorf("Authenticate took %v, want less than the 2s that a request waits for the database", took)
				}
			})
		}
	}
}
