package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"latchkey/internal/auth"
)

// Error is what every failure of this database becomes, in this package and in
// the stores that your project adds: it names the operation, says what to do
// where that is known, and calls a missing row (sql.ErrNoRows) auth.ErrNotFound.
// Everything else is auth.ErrUnavailable, for which pages answer 503: a database
// that answers nonsense is as good as one that is down. Nil stays nil.
func Error(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", op, auth.ErrNotFound)
	}
	if advice := advise(err); advice != "" {
		return fmt.Errorf("%s: %w: %w: %s", op, auth.ErrUnavailable, err, advice)
	}
	return fmt.Errorf("%s: %w: %w", op, auth.ErrUnavailable, err)
}

// advise is what an operator can do about an error, "" if that is not known.
func advise(err error) string {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return ""
	}
	switch e.Code() & 0xff { // the rest is detail
	case code.SQLITE_FULL:
		return "the disk is full: make room on it"
	case code.SQLITE_NOTADB:
		return "the file is no SQLite database: check DATABASE_URL"
	case code.SQLITE_CORRUPT:
		return "the file is damaged: restore it from a backup"
	case code.SQLITE_READONLY, code.SQLITE_PERM:
		return "the file and its folder must be writable by the user that runs this program"
	case code.SQLITE_BUSY:
		return "another process has kept the file locked: is a backup or a shell open on it?"
	}
	return ""
}

// openError is for whoever starts the program: the path, the cause, the cure.
func openError(path string, err error) error {
	advice := advise(err)
	if advice == "" {
		advice = fmt.Sprintf("does the folder %s exist, and may this program write there? check DATABASE_URL", filepath.Dir(path))
	}
	return fmt.Errorf("cannot open the database file %s: %w: %s", path, err, advice)
}

// isEmailTaken reports whether the address of a new account has one already.
// It is the only unique column of users besides the primary key, which has a
// code of its own.
func isEmailTaken(err error) bool {
	e, ok := errors.AsType[*driver.Error](err)
	return ok && e.Code() == code.SQLITE_CONSTRAINT_UNIQUE
}
