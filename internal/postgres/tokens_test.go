package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

// A submit of a link comes while its user is changed otherwise, which will void the link.
// If each held a row that the other one needs, PostgreSQL would abort one of them, here
// after longer than the test waits.
func TestASubmitAndAChangeDoNotWaitForEachOther(t *testing.T) {
	s := open(t, testenv.Postgres(t)+"&options=-c%20deadlock_timeout%3D60s")
	u := ada(t, s, 1)
	hash := sha256.Sum256([]byte("secret"))
	token := accounts.Token{Hash: hash[:], Purpose: accounts.PurposeReset, UserID: u.ID, Email: u.Email, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	if err := s.Send(t.Context(), accounts.Letter{Token: &token}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	submitted := make(chan error, 1)
	_, err := s.ChangeAccount(ctx, u.ID, noon, func(auth.User) (accounts.Change, error) {
		go func() {
			_, err := s.SpendToken(ctx, token.Hash, token.Purpose, noon, func(auth.User, accounts.Token) (accounts.Change, error) {
				return accounts.Change{PasswordHash: "by the link"}, nil
			})
			submitted <- err
		}()
		return accounts.Change{PasswordHash: "by the form"}, waitsForLock(ctx, s)
	})
	if err != nil {
		t.Fatalf("ChangeAccount beside a submit = %v", err)
	}
	if err := <-submitted; !errors.Is(err, accounts.ErrToken) {
		t.Errorf("SpendToken after the change = %v, want ErrToken", err)
	}
}

// waitsForLock returns once a transaction of this database waits for another.
func waitsForLock(ctx context.Context, s *Store) error {
	for {
		var waiting bool
		err := s.pool.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		if err != nil || waiting {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}
