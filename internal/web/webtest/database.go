package webtest

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/mail"
	"latchkey/internal/postgres"
	"latchkey/internal/ratelimit"
	"latchkey/internal/ratelimit/ratelimittest"
	"latchkey/internal/sqlite"
	"latchkey/internal/testenv"
)

// Database is what a site needs of a store.
type Database interface {
	auth.Store
	accounts.Store
	accounts.Tokens
	accounts.History
	mail.Store
	ratelimit.Store
	Migrate(context.Context) error
	Ready(context.Context) error
	Close()
}

// databases are the real ones.
var databases = map[string]func(t testing.TB) Database{"sqlite": OpenSQLite, "postgres": OpenPostgres}

// AnyDatabase is a real database that needs nothing to be installed, or else any that
// this machine has; for what is the same on all.
func AnyDatabase(t testing.TB) Database {
	t.Helper()
	if open, ok := databases["sqlite"]; ok {
		return open(t)
	}
	for _, open := range databases {
		return open(t)
	}
	t.Fatal("there is no database")
	return nil
}

// OpenPostgres is a PostgreSQL database that is gone after the test.
func OpenPostgres(t testing.TB) Database {
	t.Helper()
	db, err := postgres.Open(t.Context(), testenv.Postgres(t), "", nil)
	return migrated(t, db, err)
}

// OpenSQLite is a SQLite database that is gone after the test.
func OpenSQLite(t testing.TB) Database {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"))
	return migrated(t, db, err)
}

func migrated(t testing.TB, db Database, err error) Database {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// Memory is the in-memory store as a database, for what no database changes. It
// can be down.
type Memory struct {
	*accountstest.Store
	*ratelimittest.Memory
	down atomic.Bool
}

// NewMemory returns an empty one.
func NewMemory() *Memory {
	return &Memory{Store: accountstest.NewStore(), Memory: ratelimittest.NewMemory()}
}

// Down makes every question fail as it does while a server is away, or no more.
func (m *Memory) Down(down bool) { m.down.Store(down) }

// Migrate does nothing.
func (*Memory) Migrate(context.Context) error { return nil }

// Close does nothing.
func (*Memory) Close() {}

// err is what a question fails with; nil = nothing.
func (m *Memory) err() error {
	if m.down.Load() {
		return fmt.Errorf("%w: connection refused", auth.ErrUnavailable)
	}
	return nil
}

// Ready reports an outage.
func (m *Memory) Ready(context.Context) error { return m.err() }

// Find implements auth.Store.
func (m *Memory) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	if err := m.err(); err != nil {
		return auth.Session{}, err
	}
	return m.Store.Find(ctx, key)
}

// Renew implements auth.Store.
func (m *Memory) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	if err := m.err(); err != nil {
		return auth.Session{}, err
	}
	return m.Store.Renew(ctx, key, r)
}

// End implements auth.Store.
func (m *Memory) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	if err := m.err(); err != nil {
		return nil, err
	}
	return m.Store.End(ctx, sel, reason, now)
}

// UserByEmail implements accounts.Store.
func (m *Memory) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	if err := m.err(); err != nil {
		return auth.User{}, "", err
	}
	return m.Store.UserByEmail(ctx, email)
}
