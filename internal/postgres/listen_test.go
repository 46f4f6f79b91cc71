package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

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
		if _, err := endSelected(t.Context(), tx, auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon); err != nil {
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
	// Nor is a renewal: notifying takes a lock on the whole database.
	if _, err := a.Renew(t.Context(), auth.Key{ID: "session-0001"}, auth.Renewal{Now: noon, ExpiresAt: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.End(t.Context(), auth.Selector{UserID: "ada", SessionID: "session-0001"}, auth.ReasonSignedOut, noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	want := auth.Change{SessionID: "session-0001", At: noon.Add(time.Second), Ended: auth.ReasonSignedOut}
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
	if _, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon); err != nil {
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
		_, err := s.End(ctx, auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon)
		return err
	}, func(some ...auth.Change) { heard <- some[0] })
	if got := next(t, heard); got.SessionID != "session-0000" {
		t.Errorf("heard of %+v, want the session that ended meanwhile", got)
	}
}

func TestAPayloadThatCannotBeReadBreaksOff(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	for _, payload := range []string{"nonsense", "", "{}", `{"at":1,"ids":[]}`, `{"v":2,"sessions":["a"]}`} {
		_, broke := listening(t, s)
		if _, err := s.pool.Exec(t.Context(), `SELECT pg_notify($1, $2)`, channel, payload); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-broke:
			if err == nil {
				t.Errorf("Listen = nil after payload %q, want an error, so that the caller loads what it missed", payload)
			}
		case <-time.After(30 * time.Second):
			t.Errorf("Listen goes on after payload %q, which it cannot read", payload)
		}
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
