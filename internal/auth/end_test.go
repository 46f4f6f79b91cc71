package auth_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// many is a store with a user of so many sessions.
type many struct {
	auth.Store
	left  int
	calls []int // how many each call of End ended
}

func (m *many) End(_ context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	n := min(sel.Most, m.left)
	m.left -= n
	m.calls = append(m.calls, n)
	changes := make([]auth.Change, n)
	for i := range changes {
		changes[i] = auth.Change{SessionID: fmt.Sprint(m.left + i), At: now, Ended: reason}
	}
	return changes, nil
}

func TestVeryManySessionsEndInSeveralTransactions(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	for _, c := range []struct{ have, most, want, calls int }{
		{12_000, 0, 12_000, 3}, {10_000, 0, 10_000, 3}, {0, 0, 0, 1}, {12_000, 7000, 7000, 2}, {12_000, 10, 10, 1},
	} {
		store := &many{Store: w.Users, left: c.have}
		w.Cfg.Store = store
		n, err := w.Instance().End(t.Context(), auth.Selector{UserID: "ada", Most: c.most}, auth.ReasonEverywhere)
		if err != nil || n != c.want || len(store.calls) != c.calls {
			t.Errorf("End(at most %d) of %d sessions = %d, %v in the steps %v, want %d in %d steps", c.most, c.have, n, err, store.calls, c.want, c.calls)
		}
		for _, step := range store.calls {
			if step > 5000 {
				t.Errorf("one transaction ends %d sessions, want at most 5,000", step)
			}
		}
	}
}
