package postgres

import (
	"context"
	"os"

	"github.com/jackc/pgx/v5/pgconn"
)

// errReadOnly means that the server can be read but not written, such as a
// standby, or a former primary after a failover.
var errReadOnly error = readOnlyError{}

// readOnlyError has the code of PostgreSQL's own error for a write, by which a page of your
// project knows an outage, whether or not its store calls Error.
type readOnlyError struct{}

func (readOnlyError) Error() string { return "the server takes no writes" }

// SQLState is the code in appendix A of PostgreSQL's manual.
func (readOnlyError) SQLState() string { return readOnlySQL }

// wantPrimary makes target_session_attrs=read-write the default: after a
// failover a name may still lead to the former primary, where every write would
// fail for as long as the connection lives.
func wantPrimary(c *pgconn.Config, url string) {
	if hasParameter(url, "target_session_attrs") || os.Getenv("PGTARGETSESSIONATTRS") != "" {
		return
	}
	c.ValidateConnect = takesWrites
}

// takesWrites refuses a new connection to a server that takes no writes.
func takesWrites(ctx context.Context, conn *pgconn.PgConn) error {
	answer, err := conn.Exec(ctx, "SHOW transaction_read_only").ReadAll()
	if err != nil {
		return err
	}
	if len(answer) == 1 && len(answer[0].Rows) == 1 && string(answer[0].Rows[0][0]) == "on" {
		return errReadOnly
	}
	return nil
}

// writable asks by way of the pool. Connections that say no are closed, so that
// the next ones look the server up by its name again.
func (s *Store) writable(ctx context.Context) error {
	readOnly, err := retry(ctx, s, func() (answer string, err error) {
		err = s.pool.QueryRow(ctx, `SELECT current_setting('transaction_read_only')`).Scan(&answer)
		return answer, err
	})
	if err == nil && readOnly == "on" {
		s.reconnect()
		err = errReadOnly
	}
	return Error("ping", err)
}
