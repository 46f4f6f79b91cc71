package postgres

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3/lock"

	"latchkey/internal/testenv"
)

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

func TestAnInstanceThatDiesWhileMigratingHoldsNobodyUp(t *testing.T) {
	s, err := Open(t.Context(), testenv.Postgres(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dying, err := pgx.ConnectConfig(t.Context(), s.direct)
	if err != nil {
		t.Fatal(err)
	}
	defer dying.Close(t.Context())
	if _, err := dying.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, lock.DefaultLockID); err != nil {
		t.Fatal(err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- s.Migrate(t.Context()) }()
	if _, err := s.pool.Exec(t.Context(), `SELECT pg_terminate_backend($1)`, dying.PgConn().PID()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Errorf("Migrate = %v", err)
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
