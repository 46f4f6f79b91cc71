package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	driver "modernc.org/sqlite"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
	"latchkey/internal/mail"
)

// Store is an auth.Store in a SQLite file.
type Store struct {
	path     string
	writer   *sql.DB // a single connection: writers queue here, not at SQLite's lock
	reader   *sql.DB
	migrated atomic.Bool // the schema has been seen complete; see Ready
}

var (
	_ auth.Store       = (*Store)(nil)
	_ auth.Everybody   = (*Store)(nil)
	_ accounts.Tokens  = (*Store)(nil)
	_ accounts.History = (*Store)(nil)
	_ mail.Store       = (*Store)(nil)
	_ accounts.Store   = (*Store)(nil)
)

// Open opens the database file, which it creates if need be, readable by its
// owner only. The error says what to do.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := createFile(path); err != nil {
		return nil, openError(path, err)
	}
	s := &Store{path: path, writer: openPool(path, writing, 1), reader: openPool(path, reading, max(4, runtime.NumCPU()))}
	if err := s.connect(ctx); err != nil {
		s.Close()
		return nil, openError(path, err)
	}
	return s, nil
}

// Settings of every connection, and those in which the two pools differ.
//
// synchronous=FULL makes a commit survive a power cut: a sign-out that was
// acknowledged stays one. txlock=immediate takes the write lock at BEGIN;
// taken later, it may come too late for what the transaction has already read,
// and SQLite fails it as busy instead of waiting.
//
// busy_timeout is how long a write waits, in milliseconds, while another program
// holds the file: less than the two seconds that a request waits for the
// database. It waits no longer than its context lives.
const (
	shared  = "_busy_timeout=1500&_foreign_keys=on&_synchronous=FULL&_error_rc=1"
	writing = shared + "&_journal_mode=WAL&_txlock=immediate"
	reading = shared + "&_query_only=on"
)

func openPool(path, settings string, size int) *sql.DB {
	connector, err := driver.NewConnector(address(path) + "?" + settings)
	if err != nil {
		panic(err) // the settings are constants, and the path is escaped
	}
	db := sql.OpenDB(dbtrace.Connector(connector))
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// address is the path as a URI, so that no character in it is taken for the
// start of the settings.
func address(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter of Windows
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// createFile creates what is missing for its owner alone. SQLite gives its
// companions, -wal and -shm, the same permissions.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// O_EXCL also because closing a file that is in use here would drop the
	// locks that this process's connections hold on it (POSIX).
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// connect opens a connection of either kind and reads the file's header, alone
// on the file: turning a new file to WAL is the one thing that fails rather
// than waits when another process does it, too.
func (s *Store) connect(ctx context.Context) error {
	unlock, err := lock(ctx, s.path)
	if err != nil {
		return err
	}
	defer unlock()
	for _, db := range []*sql.DB{s.writer, s.reader} {
		if _, err := db.ExecContext(ctx, `SELECT count(*) FROM sqlite_schema`); err != nil {
			return err
		}
	}
	return nil
}

// Name is the kind of database, in words.
func (s *Store) Name() string { return "SQLite" }

// Describe says where the database is.
func (s *Store) Describe() string { return s.path }

// Ping implements auth.Store.
func (s *Store) Ping(ctx context.Context) error {
	var tables int
	return Error("ping", s.reader.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables))
}

// Notes is nil: the file is all that the store needs.
func (s *Store) Notes() []string { return nil }

// Writer is the one connection that writes, for the tables that your project
// adds: an error of theirs goes through Error.
func (s *Store) Writer() *sql.DB { return s.writer }

// Reader is the connections that read, likewise.
func (s *Store) Reader() *sql.DB { return s.reader }

// Close waits for running statements and closes the file.
func (s *Store) Close() {
	s.reader.Close()
	s.writer.Close() // last: who closes last tidies the -wal file away, and only a writer can
}
