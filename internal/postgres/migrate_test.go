package postgres

import (
	"sync"
	"testing"

	"latchkey/internal/testenv"
)

func TestTenInstancesMigrateAtOnce(t *testing.T) { // MG-1
	dsn := testenv.Postgres(t)
	var starting sync.WaitGroup
	for range 10 {
		starting.Go(func() {
			s, err := Open(t.Context(), dsn, "", nil)
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

func TestAnInstanceThatDiesWhileMigratingHoldsNobodyUp(t *testing.T) {
	s, err := Open(t.Context(), testenv.Postgres(t), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	unlock, err := s.lock(t.Context()) // another instance, and then it dies:
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := s.tryLock(t.Context()); !isTaken(err) {
		t.Errorf("tryLock while another migrates = %v, want it to be told so", err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- s.Migrate(t.Context()) }()
	_, err = s.pool.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Errorf("Migrate = %v", err)
	}
}

func TestReadyBeforeMigrateIsAnError(t *testing.T) {
	s, err := Open(t.Context(), testenv.Postgres(t), "", nil)
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
	other, err := Open(t.Context(), s.pool.Config().ConnString(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v once another instance has migrated, want nil", err)
	}
}
