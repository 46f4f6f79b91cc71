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
	uniqueViolation  = "23505"
	diskFull         = "53100"
	tooManyClients   = "53300"
	readOnlySQL      = "25006"
	noPrivilege      = "42501"
	undefinedTable   = "42P01"
	emailConstraint  = "users_email_key"
	clientNotStarted = "57P03"
)

// failed names the operation that failed, says what to do where that is known,
// and calls a missing row auth.ErrNotFound.
func failed(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", op, auth.ErrNotFound)
	}
	if advice := advise(err); advice != "" {
		return fmt.Errorf("%s: %w: %s", op, err, advice)
	}
	return fmt.Errorf("%s: %w", op, err)
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
	case clientNotStarted:
		return "the server is starting up: try again shortly"
	}
	return ""
}

// isUnique reports whether a row with the same value in a unique column, other
// than the primary key, is in the way.
func isUnique(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation && e.ConstraintName == emailConstraint
}
