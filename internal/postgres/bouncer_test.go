package postgres

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/testenv"
)

// PgBouncer before 1.21, and before 1.24 by default, loses prepared statements:
// the store goes on without them.
func TestStoreThroughPgBouncer(t *testing.T) {
	t.Parallel()
	authtest.Run(t, func(t *testing.T) authtest.Backend {
		t.Parallel()
		return accountstest.WithHash{Backend: open(t, testenv.Bouncer(t, testenv.OwnPostgres(t), 4))}
	})
}

func TestSeveralFirstStartsThroughPgBouncerMigrateOnce(t *testing.T) {
	dsn := testenv.Bouncer(t, testenv.OwnPostgres(t), 3)
	var starting sync.WaitGroup
	for range 9 {
		starting.Go(func() {
			s, err := Open(t.Context(), dsn, "", slog.New(slog.DiscardHandler))
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
}

// No question fails, also while the store finds out what the pooler is.
func TestAPoolerThatLosesStatementsIsFoundOut(t *testing.T) {
	s := open(t, testenv.Bouncer(t, testenv.OwnPostgres(t), 3))
	ada(t, s, 8)
	var asking sync.WaitGroup
	for i := range 8 {
		asking.Go(func() {
			for range 25 {
				if _, err := s.Find(t.Context(), auth.Key{ID: "session-000" + string(rune('0'+i))}); err != nil {
					t.Errorf("Find = %v", err)
				}
				if _, err := s.Changes(t.Context(), noon); err != nil {
					t.Errorf("Changes = %v", err)
				}
			}
		})
	}
	asking.Wait()
	if notes := strings.Join(s.Notes(), "\n"); !s.unprepared.Load() || !strings.Contains(notes, "default_query_exec_mode=exec") {
		t.Skipf("this PgBouncer keeps prepared statements; notes: %q", notes)
	}
}

func TestListenURLGoesAroundThePooler(t *testing.T) {
	direct := testenv.OwnPostgres(t)
	pooled := testenv.Bouncer(t, direct, 3)
	s, err := Open(t.Context(), pooled, direct, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada(t, s, 1)
	hints, _ := listening(t, s)
	if _, err := s.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere, noon); err != nil {
		t.Fatal(err)
	}
	wantHint(t, hints)
}

func TestWithoutADirectConnectionPollsCarryEndings(t *testing.T) {
	t.Parallel()
	dsn := testenv.Bouncer(t, testenv.OwnPostgres(t), 3)
	a, b := open(t, dsn), open(t, dsn)
	ada(t, a, 1)
	elsewhere := service(t, b)
	if _, err := a.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonSignedOut, time.Now()); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); !elsewhere.HasEnded("session-0000"); time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatal("the ending is not known elsewhere")
		}
	}
}
