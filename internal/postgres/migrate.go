package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	migrations "latchkey/migrations/postgres"
)

// Migrate brings the schema up to what this program expects. Any number of
// processes may call it at once: one works, the others wait, up to five minutes.
// The lock is the session's: that of a process that is killed goes with its
// connection.
func (s *Store) Migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // every second, 300 times
	if err != nil {
		return failed("migrate", err)
	}
	provider, done, err := s.provider(goose.WithSessionLocker(locker))
	if err != nil {
		return failed("migrate", err)
	}
	defer done()
	if _, err := provider.Up(ctx); err != nil {
		return failed("migrate", err)
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
	provider, done, err := s.provider()
	if err != nil {
		return failed("ready", err)
	}
	defer done()
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return failed("ready", err)
	}
	if pending {
		return errors.New("ready: the database is not migrated yet")
	}
	s.migrated.Store(true)
	return nil
}

// provider is goose on a connection of its own until done is called: its lock
// needs one that keeps its session, which those of a pooler do not.
func (s *Store) provider(options ...goose.ProviderOption) (p *goose.Provider, done func(), err error) {
	db := stdlib.OpenDB(*s.direct.Copy())
	p, err = goose.NewProvider(goose.DialectPostgres, db, migrations.FS, append(options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return p, func() { db.Close() }, nil
}
