package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// operator carries commands out. What they need is opened when it is asked for.
type operator struct {
	stdin          *os.File
	stdout, stderr io.Writer
	clock          *time.Timer // goes off when the command has taken too long

	db database
}

func (o *operator) close() {
	if o.db != nil {
		o.db.Close()
	}
}

func (o *operator) say(format string, args ...any) { fmt.Fprintf(o.stdout, format+"\n", args...) }

// config is that of the site: the environment, over .env.
func (o *operator) config() (config, *slog.Logger, error) {
	dir := projectDir(os.Getenv("APP_ENV") == "production")
	getenv, notes, err := environment(filepath.Join(dir, ".env"))
	if err != nil {
		return config{}, nil, err
	}
	for _, note := range notes {
		fmt.Fprintln(o.stderr, "note:", note)
	}
	cfg, err := load(getenv)
	cfg.dir = dir
	return cfg, newLogger(cfg.logJSON, o.stderr), err
}

// database connects to the site's database, and changes nothing there.
func (o *operator) database(ctx context.Context) (config, *slog.Logger, error) {
	cfg, log, err := o.config()
	if err != nil {
		return cfg, nil, err
	}
	if file := databaseFile(cfg); file != "" && !isFile(file) {
		return cfg, nil, fmt.Errorf("there is no database at %s: start the site, or run web migrate up", file)
	}
	return cfg, log, o.connect(ctx, cfg, log)
}

func (o *operator) connect(ctx context.Context, cfg config, log *slog.Logger) error {
	db, err := connect(ctx, cfg, log)
	if err == nil {
		o.db = db
	}
	return err
}

// services are the session engine and the accounts, on a database that is as this program
// needs it. What they do is recorded as the operator's.
func (o *operator) services(ctx context.Context) (*auth.Service, *accounts.Service, error) {
	cfg, log, err := o.database(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := o.migrated(ctx); err != nil {
		return nil, nil, err
	}
	if len(cfg.secrets) == 0 {
		if cfg.secrets, err = developmentSecret(cfg.dir, log); err != nil {
			return nil, nil, err
		}
	}
	outbox, err := newMail(cfg, o.db, log)
	if err != nil {
		return nil, nil, err
	}
	return newServices(cfg, o.db, outbox, nil, auth.By("operator", auth.LogEvents(log)), log)
}

// migrated is an error unless the database has every migration of this program.
func (o *operator) migrated(ctx context.Context) error {
	list, err := o.db.Migrations(ctx)
	if err != nil {
		return err
	}
	if n := len(pending(list)); n > 0 {
		return fmt.Errorf("the database %s lacks %d migrations of this program: start the site, or run web migrate up", o.db.Describe(), n)
	}
	return nil
}

// user finds the user of an address that an operator has typed.
func (o *operator) user(ctx context.Context, address string) (*auth.Service, *accounts.Service, auth.User, error) {
	service, users, err := o.services(ctx)
	if err != nil {
		return nil, nil, auth.User{}, err
	}
	u, err := users.Find(ctx, address)
	if _, ok := errors.AsType[accounts.Invalid](err); ok {
		err = usageError{fmt.Sprintf("%q is no email address", address)}
	}
	if errors.Is(err, auth.ErrNotFound) {
		err = fmt.Errorf("there is no user with the address %s in %s", address, o.db.Describe())
	}
	return service, users, u, err
}

// pending are the migrations that a database lacks.
func pending(list []*goose.MigrationStatus) []*goose.MigrationStatus {
	return slices.DeleteFunc(slices.Clone(list), func(m *goose.MigrationStatus) bool { return m.State == goose.StateApplied })
}
