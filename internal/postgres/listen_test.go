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

// listening subscribes and returns the hints. It has subscribed when listening
// returns.
func listening(t *testing.T, s *Store) (hints <-chan struct{}, broke <-chan error) {
	t.Helper()
	heard, failed, ready := make(chan struct{}, 10_000), make(chan error, 1), make(chan struct{})
	go func() {
		failed <- s.Listen(t.Context(), func(context.Context) error { close(ready); return nil }, func() { heard <- struct{}{} })
	}()
	select {
	case <-ready:
	case err := <-failed:
		t.Fatalf("Listen = %v", err)
	}
	return heard, failed
}

// wantHint waits for a hint.
func wantHint(t *testing.T, hints <-chan struct{}) {
	t.Helper()
	select {
	case <-hints:
	case <-time.After(30 * time.Second):
		t.Fatal("no hint came")
	}
}

// overhear is a connection that listens, as any role may.
func overhear(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), `LISTEN `+channel); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestAnotherInstanceIsToldToLookOnceAnEndingHasCommitted(t *testing.T) { // RV-3
	dsn := testenv.Postgres(t)
	a, b := open(t, dsn), open(t, dsn)
	ada(t, a, 2)
	hints, _ := listening(t, b)

	refused := errors.New("no")
	_, err := a.Begin(t.Context(), "ada", noon, func(auth.User, auth.Lister) (auth.Plan, error) { return auth.Plan{}, refused })
	if err != refused {
		t.Fatalf("Begin = %v, want the plan's own error", err)
	}
	// Nor does a renewal tell: notifying takes a lock on the whole database.
	if _, err := a.Renew(t.Context(), auth.Key{ID: "session-0001"}, auth.Renewal{Now: noon, ExpiresAt: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.End(t.Context(), auth.Selector{UserID: "ada", SessionID: "session-0001"}, auth.ReasonSignedOut, noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	wantHint(t, hints)
	changes, err := b.Changes(t.Context(), noon)
	want := auth.Change{SessionID: "session-0001", At: noon.Add(time.Second), Ended: auth.ReasonSignedOut}
	if err != nil || len(changes) != 1 || changes[0] != want {
		t.Errorf("Changes at the hint = %+v, %v, want only %+v", changes, err, want)
	}
	if len(hints) != 0 {
		t.Error("a login that was refused, or a renewal, was told of as well")
	}
}

func TestANotificationSaysNothing(t *testing.T) {
	dsn := testenv.Postgres(t)
	s := open(t, dsn)
	ada(t, s, 3)
	conn := overhear(t, dsn)
	if _, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon); err != nil {
		t.Fatal(err)
	}
	n, err := conn.WaitForNotification(t.Context())
	if err != nil || n.Payload != "" {
		t.Errorf("any role that listens is told %q, %v, want nothing", n.Payload, err)
	}
}

func TestWhatEndsWhileSubscribingIsNotMissed(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	hints := make(chan struct{}, 10)
	go s.Listen(t.Context(), func(ctx context.Context) error { // the first look is under way, and then:
		_, err := s.End(ctx, auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon)
		return err
	}, func() { hints <- struct{}{} })
	wantHint(t, hints)
}

// Any role that may connect may NOTIFY: neither garbage nor a message in the
// form of an earlier release may be more than a hint.
func TestAForgedNotificationIsOnlyAHint(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	hints, broke := listening(t, s)
	forged := []string{"nonsense", "", "{}", "\x01\n", `{"at":1,"ids":[]}`, `{"at":1767355200000,"ended":"signout","ids":["session-0000"]}`}
	for _, payload := range forged {
		if _, err := s.pool.Exec(t.Context(), `SELECT pg_notify($1, $2)`, channel, payload); err != nil {
			t.Fatal(err)
		}
		wantHint(t, hints)
	}
	if len(broke) != 0 {
		t.Errorf("Listen = %v after notifications that anybody may send, want it to go on", <-broke)
	}
	if changes, err := s.Changes(t.Context(), time.Time{}); err != nil || len(changes) != 0 {
		t.Errorf("Changes = %v, %v after forged notifications, want none", changes, err)
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
