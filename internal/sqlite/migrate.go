package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"latchkey/internal/auth"
	migrations "latchkey/migrations/sqlite"
)

// Migrate brings the schema up to what this program expects. Any number of
// processes may call it at once: one works, the others wait.
func (s *Store) Migrate(ctx context.Context) error {
	unlock, err := lock(ctx, s.path)
	if err != nil {
		return Error("migrate", err)
	}
	defer unlock()
	provider, err := s.provider()
	if err != nil {
		return Error("migrate", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return Error("migrate", err)
	}
	s.migrated.Store(true)
	return nil
}

// Ready reports whether the database answers and has the schema that this
// program expects. Once it has been seen complete, it costs a ping.
func (s *Store) Ready(ctx context.Context) error {
	if s.migrated.Load() {
		return s.Ping(ctx)
	}
	provider, err := s.provider()
	if err != nil {
		return Error("ready", err)
	}
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

// Migrations are those that this program has, in order, and which of them the database has.
func (s *Store) Migrations(ctx context.Context) ([]*goose.MigrationStatus, error) {
	provider, err := s.provider()
	if err != nil {
		return nil, Error("list migrations", err)
	}
	list, err := provider.Status(ctx)
	return list, Error("list migrations", err)
}

func (s *Store) provider() (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, s.writer, migrations.FS, goose.WithDisableGlobalRegistry(true))
}

// lock keeps other processes out until unlock, and waits for the one that is
// in. It locks a second, always empty database beside the first: SQLite's file
// locks work on every system, and the system frees a dead process's. The file
// stays, for deleting a lock that others wait for lets two of them in.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	path += ".lock"
	if err := createFile(path); err != nil {
		return nil, err
	}
	db := openPool(path, "_busy_timeout=60000&_txlock=exclusive", 1)
	tx, err := db.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { tx.Rollback(); db.Close() }, nil
}
