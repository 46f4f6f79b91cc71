package main

import (
	"context"
	"log/slog"
	"strings"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
)

const defaultSQLite = dataDir + "/app.db"

// database is a store together with its upkeep.
type database interface {
	auth.Store
	accounts.Store
	Migrate(context.Context) error // brings the schema up to this program's
	Ready(context.Context) error   // nil once it answers and is migrated
	Name() string                  // in words, such as PostgreSQL
	Describe() string              // where it is, without a password
	Close()
}

// openDatabase opens and migrates what DATABASE_URL names. It is the one
// switch over databases: to be rid of one, delete its case and its folder.
func openDatabase(ctx context.Context, cfg config, log *slog.Logger) (database, error) {
	db, err := connect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func connect(ctx context.Context, cfg config) (database, error) {
	scheme, path, _ := strings.Cut(cfg.databaseURL, ":")
	switch scheme {
	case "postgres", "postgresql":
		return postgres.Open(ctx, cfg.databaseURL, cfg.listenURL)
	case "sqlite":
		return sqlite.Open(ctx, strings.TrimPrefix(path, "//"))
	default:
		return sqlite.Open(ctx, defaultSQLite)
	}
}
