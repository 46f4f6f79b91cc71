package kit

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"latchkey/internal/auth"
)

// isOutage reports an error that another try may not meet: the database, or
// something else that a handler waits for, cannot be used at the moment. Our
// stores say so by auth.ErrUnavailable; a project's own need not. Drivers are
// known by what their errors can do, so that none has to be imported.
func isOutage(err error) bool {
	for _, passing := range []error{auth.ErrUnavailable, context.DeadlineExceeded, context.Canceled,
		driver.ErrBadConn, sql.ErrConnDone, net.ErrClosed, io.ErrUnexpectedEOF} {
		if errors.Is(err, passing) {
			return true
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if e, ok := errors.AsType[sqlState](err); ok {
		return isPassingState(e.SQLState())
	}
	if e, ok := errors.AsType[unsent](err); ok && e.SafeToRetry() {
		return true
	}
	e, ok := errors.AsType[sqliteCode](err)
	return ok && slices.Contains(passingCodes, e.Code()&0xff)
}

// sqlState is an error of a PostgreSQL server, such as *pgconn.PgError.
type sqlState interface {
	error
	SQLState() string
}

// unsent is an error of pgconn: SafeToRetry says that nothing reached the server,
// as on a connection that was closed.
type unsent interface {
	error
	SafeToRetry() bool
}

// sqliteCode is an error of SQLite, such as *sqlite.Error of modernc.org.
type sqliteCode interface {
	error
	Code() int
}

// passingStates are the beginnings of the codes of appendix A of PostgreSQL's manual
// that mean "not now": connections, rollbacks for others' sake, resources, a locked
// row, an operator, an error of the system, a standby.
var passingStates = []string{"08", "40", "53", "55P03", "57", "58", "25006"}

func isPassingState(code string) bool {
	return slices.ContainsFunc(passingStates, func(begin string) bool { return strings.HasPrefix(code, begin) })
}

// passingCodes are SQLite's BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN and
// PROTOCOL.
var passingCodes = []int{5, 6, 8, 10, 13, 14, 15}
