package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"latchkey/internal/auth"
)

// Error codes of PostgreSQL, appendix A of its manual.
const (
	uniqueViolation = "23505"
	diskFull        = "53100"
	tooManyClients  = "53300"
	readOnlySQL     = "25006"
	noPrivilege     = "42501"
	undefinedTable  = "42P01"
	wrongPassword   = "28P01"
	notAllowed      = "28000"
	noDatabase      = "3D000"
	notStarted      = "57P03"
)

// failed names the operation that failed, says what to do where that is known,
// and calls a missing row auth.ErrNotFound. Everything else is
// auth.ErrUnavailable: a database that answers nonsense is as good as one that is
// down.
func failed(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", op, auth.ErrNotFound)
	}
	if advice := advise(err); advice != "" {
		return fmt.Errorf("%s: %w: %w: %s", op, auth.ErrUnavailable, err, advice)
	}
	return fmt.Errorf("%s: %w: %w", op, auth.ErrUnavailable, err)
}

// advise is what an operator can do about an error, "" if that is not known.
func advise(err error) string {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return ""
	}
	switch e.Code {
	case diskFull:
		return "the database's disk is full: make room on it"
	case tooManyClients:
		return "the server has no connection left: raise max_connections, or lower pool_max_conns in DATABASE_URL"
	case readOnlySQL:
		return "the server is a read-only replica: DATABASE_URL must name the primary"
	case noPrivilege:
		return "the database user lacks a privilege"
	case undefinedTable:
		return "a table is missing: was the schema changed by hand?"
	case wrongPassword, notAllowed:
		return "the server refuses this user: check the name and the password in DATABASE_URL, and pg_hba.conf"
	case noDatabase:
		return "the server has no such database: create it with createdb"
	case notStarted:
		return "the server is starting up: try again shortly"
	}
	return ""
}

// openError is for whoever starts the program: the place, the cause, the cure.
func openError(place string, err error) error {
	advice := advise(err)
	if advice == "" {
		advice = "is it running? check DATABASE_URL"
	}
	return fmt.Errorf("cannot reach %s: %w: %s", place, err, advice)
}

// isEmailTaken reports whether the address of a new account has one already.
func isEmailTaken(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation && e.ConstraintName == "users_email_key"
}
