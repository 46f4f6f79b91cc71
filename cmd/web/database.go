package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/mail"
	"latchkey/internal/postgres"
	"latchkey/internal/ratelimit"
	"latchkey/internal/sqlite"
)

// dataDir holds what the program makes for itself. It is git-ignored.
const dataDir = "data"

const defaultSQLite = dataDir + "/app.db"

// database is a store together with its upkeep.
type database interface {
	auth.Store
	accounts.Store
	accounts.Tokens
	accounts.History
	mail.Store
	ratelimit.Store
	Migrate(context.Context) error // brings the schema up to this program's
	Migrations(context.Context) ([]*goose.MigrationStatus, error)
	Ready(context.Context) error // nil once it answers and is migrated
	Name() string                // in words, such as PostgreSQL
	Describe() string            // where it is, without a password
	Notes() []string             // what it does without, a sentence each; nil = nothing
	Close()
}

// openDatabase opens and migrates what DATABASE_URL names. It is the one
// switch over databases: to be rid of one, delete its case and its folder.
func openDatabase(ctx context.Context, cfg config, log *slog.Logger) (database, error) {
	db, err := connect(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func connect(ctx context.Context, cfg config, log *slog.Logger) (database, error) {
	switch scheme, _, _ := strings.Cut(cfg.databaseURL, ":"); scheme {
	case "postgres", "postgresql":
		return connectPostgres(ctx, cfg, log)
	case "sqlite":
		return connectSQLite(ctx, cfg, log)
	case "": // development alone: production names its database
		if err := protectDir(filepath.Join(cfg.dir, dataDir), log); err != nil {
			return nil, fmt.Errorf("cannot make the folder of the database: %w: set DATABASE_URL", err)
		}
		return connectSQLite(ctx, cfg, log)
	default:
		return nil, configError{"DATABASE_URL names a kind of database that this program does not speak; " + databaseForms}
	}
}

// databaseFile is the file of a database that is one; "" = it is none.
func databaseFile(cfg config) string {
	path := defaultSQLite
	if cfg.databaseURL != "" {
		if !strings.HasPrefix(cfg.databaseURL, "sqlite:") {
			return ""
		}
		path = sqlitePath(cfg.databaseURL)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(cfg.dir, path)
	}
	return path
}

func connectSQLite(ctx context.Context, cfg config, log *slog.Logger) (database, error) {
	path := databaseFile(cfg)
	if err := protectDatabase(path, log); err != nil {
		return nil, fmt.Errorf("cannot open the database: %w", err)
	}
	return sqlite.Open(ctx, path)
}

// connectPostgres sends no password and no session over a network in the clear.
func connectPostgres(ctx context.Context, cfg config, log *slog.Logger) (database, error) {
	for name, url := range map[string]string{"DATABASE_URL": cfg.databaseURL, "DATABASE_LISTEN_URL": cfg.listenURL} {
		if cfg.production && url != "" {
			if err := postgres.CheckTLS(name, url); err != nil {
				return nil, configError{err.Error()}
			}
		}
	}
	return postgres.Open(ctx, cfg.databaseURL, cfg.listenURL, log)
}
