package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"latchkey/internal/auth"
	migrations "latchkey/migrations/postgres"
)

// Migrate brings the schema up to what this program expects. Any number of
// processes may call it at once: one works, the others wait, up to five minutes.
func (s *Store) Migrate(ctx context.Context) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return Error("migrate", err)
	}
	defer unlock()
	provider, done, err := s.provider()
	if err != nil {
		return Error("migrate", err)
	}
	defer done()
	if _, err := provider.Up(ctx); err != nil {
		return Error("migrate", err)
	}
	s.migrated.Store(true)
	return nil
}

// Ready reports whether the database takes writes and has the schema that this
// program expects. Once it has been seen complete, it costs a round trip.
func (s *Store) Ready(ctx context.Context) error {
	if s.migrated.Load() {
		return s.writable(ctx)
	}
	provider, done, err := s.provider()
	if err != nil {
		return Error("ready", err)
	}
	defer done()
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return Error("ready", err)
	}
	if pending {
		return fmt.Errorf("ready: %w", auth.ErrNotMigrated)
	}
	s.migrated.Store(true)
	return nil
}

// provider is goose on connections of its own until done is called. They
// prepare no statements: a pooler may be in between.
// Migrations are those that this program has, in order, and which of them the database has.
func (s *Store) Migrations(ctx context.Context) ([]*goose.MigrationStatus, error) {
	provider, done, err := s.provider()
	if err != nil {
		return nil, Error("list migrations", err)
	}
	defer done()
	list, err := provider.Status(ctx)
	return list, Error("list migrations", err)
}

func (s *Store) provider() (p *goose.Provider, done func(), err error) {
	db := stdlib.OpenDB(*s.unpreparedDirect())
	p, err = goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return p, func() { db.Close() }, nil
}

func (s *Store) unpreparedDirect() *pgx.ConnConfig {
	c := s.direct.Copy()
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	return c
}

const (
	lockFor   = 5 * time.Minute // how long a process waits while another migrates
	lockPause = 250 * time.Millisecond
)

// lock keeps other processes out until unlock, and waits for the one that is
// in. It locks a row in a transaction: that works through a pooler and without
// advisory locks, and the lock of a process that dies goes with its connection.
// Those that wait hold no connection meanwhile, which the one that works may
// need.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, lockFor)
	defer cancel()
	for {
		unlock, err := s.tryLock(ctx)
		if !isTaken(err) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another process has been migrating all the while: %w", err)
		case <-time.After(lockPause):
		}
	}
}

// tryLock makes the row to lock where it is missing. Of several processes that
// make it at the same time, some are told that it exists.
func (s *Store) tryLock(ctx context.Context) (unlock func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, s.unpreparedDirect())
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`CREATE TABLE IF NOT EXISTS migration_lock (id integer PRIMARY KEY)`,
		`INSERT INTO migration_lock VALUES (1) ON CONFLICT DO NOTHING`,
		`BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0`,
		`SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE NOWAIT`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			conn.Close(context.WithoutCancel(ctx))
			return nil, err
		}
	}
	return func() { conn.Close(context.WithoutCancel(ctx)) }, nil
}

// isTaken reports whether another process holds the lock or is making it.
func isTaken(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains([]string{lockNotAvailable, uniqueViolation, duplicateTable, duplicateObject, serializationFailure, deadlock}, e.Code)
}
