package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"

	"latchkey/internal/testenv"
	"latchkey/internal/testenv/process"
)

// subject is a server together with the requests that it gets.
type subject struct {
	name     string
	server   *server
	visitors visitors
	control  bool     // its answers show one user, whoever asks
	against  string   // the subject that it is compared with; "" = none
	target   float64  // the most that the ratio should be; 0 = none
	paths    []string // that it is asked for
	busy     database // another program writes to this one meanwhile; nil = none does
}

// bench is one run: its servers, and what is known so far.
type bench struct {
	options
	dir     string // of the program, the databases and nothing that stays
	program string
	self    string // this program, to be a control

	databases []opened
	subjects  []subject
	results   results
	cleanups  []func()
}

// opened is a database that is migrated and empty.
type opened struct {
	name, url string
	db        database
}

// close undoes what was done, the last first.
func (b *bench) close() {
	for _, f := range b.cleanups {
		defer f()
	}
}

// prepare builds the program and opens the databases.
func (b *bench) prepare(ctx context.Context, root string) (err error) {
	if b.dir, err = os.MkdirTemp("", "latchkey-load"); err != nil {
		return err
	}
	b.cleanups = append(b.cleanups, func() { os.RemoveAll(b.dir) })
	random := make([]byte, 33)
	rand.Read(random)
	os.Setenv("AUTH_SECRET", base64.StdEncoding.EncodeToString(random))
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := b.build(ctx, root); err != nil {
		return err
	}
	if err := b.open(ctx, "SQLite", "sqlite:"+filepath.Join(b.dir, "app.db")); err != nil {
		return err
	}
	dsn, stop, err := testenv.PostgresOfProgram()
	if err != nil || dsn == "" {
		return err
	}
	b.cleanups = append(b.cleanups, stop)
	return b.open(ctx, "PostgreSQL", dsn)
}

// build makes the program as it is deployed.
func (b *bench) build(ctx context.Context, root string) (err error) {
	if b.program, err = process.Build(ctx, root, b.dir); err != nil {
		return err
	}
	info, err := os.Stat(b.program)
	if err == nil {
		b.results.BinaryBytes = info.Size()
	}
	return err
}

func (b *bench) open(ctx context.Context, name, url string) error {
	db, err := openDatabase(ctx, url)
	if err != nil {
		return err
	}
	b.cleanups = append(b.cleanups, db.Close)
	b.databases = append(b.databases, opened{name, url, db})
	return db.Migrate(ctx)
}

func (b *bench) keep(s *server, err error) (*server, error) {
	if err == nil {
		b.cleanups = append(b.cleanups, func() { s.Stop() })
	}
	return s, err
}
