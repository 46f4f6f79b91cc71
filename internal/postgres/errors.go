package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"

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
	noSchema        = "3F000"
	unknownSetting  = "42704"
	wrongSetting    = "22023"
	pooler          = "08P01"
	notStarted      = "57P03"
)

// Error is what every failure of this database becomes, in this package and in
// the stores that your project adds: it names the operation, says what to do
// where that is known, and calls a missing row (pgx.ErrNoRows) auth.ErrNotFound.
// Everything else is auth.ErrUnavailable, for which pages answer 503: a database
// that answers nonsense is as good as one that is down. Nil stays nil.
func Error(op string, err error) error {
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

const readOnlyAdvice = "the server is a read-only replica: DATABASE_URL must name the primary"

// advise is what an operator can do about an error, "" if that is not known.
func advise(err error) string {
	if errors.Is(err, errReadOnly) {
		return readOnlyAdvice
	}
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
		return readOnlyAdvice
	case noPrivilege:
		return "the database user lacks a privilege"
	case undefinedTable:
		return "a table is missing: was the schema changed by hand?"
	case wrongPassword, notAllowed:
		return "the server refuses this user: check the name and the password in DATABASE_URL, and pg_hba.conf"
	case noSchema:
		return "no schema of the search path exists: create it (CREATE SCHEMA …), or correct search_path in DATABASE_URL"
	case unknownSetting:
		return "DATABASE_URL has a parameter that PostgreSQL does not know: correct its name or leave it out"
	case wrongSetting:
		return "a parameter in DATABASE_URL has a value that PostgreSQL does not take"
	case pooler:
		return "the pooler refuses what DATABASE_URL asks for: leave the parameter out, or let PgBouncer ignore_startup_parameters"
	case noDatabase:
		return "the server has no such database: create it with createdb"
	case notStarted:
		return "the server is starting up: try again shortly"
	}
	return ""
}

// openError tells the operator the place, the cause and the cure.
// Only a server that has not answered may be one that does not run.
func openError(place string, err error) error {
	advice := advise(err)
	if advice == "" {
		advice = adviseNetwork(err)
	}
	return fmt.Errorf("cannot reach %s: %w: %s", place, err, advice)
}

func adviseNetwork(err error) string {
	dns, unknown := errors.AsType[*net.DNSError](err)
	op, network := errors.AsType[*net.OpError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, hostname := errors.AsType[x509.HostnameError](err)
	switch {
	case unknown && dns.IsNotFound:
		return "there is no host of this name: check the host in DATABASE_URL"
	case authority:
		return "the server's certificate is from an authority that this machine does not know: name its file by sslrootcert in DATABASE_URL"
	case hostname:
		return "the server's certificate is for another host: use the name it has in DATABASE_URL"
	case network && op.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED), network && op.Op == "dial" && errors.Is(err, fs.ErrNotExist):
		return "is it running? check the host and the port in DATABASE_URL"
	case network && op.Op == "dial", pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded):
		return "it does not answer: check the host and the port in DATABASE_URL, and the network between"
	}
	return "the server answers, but not as DATABASE_URL has it: check sslmode and target_session_attrs, and that the port is PostgreSQL's"
}

// isEmailTaken reports whether the address of a new account has one already.
func isEmailTaken(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation && e.ConstraintName == "users_email_key"
}
