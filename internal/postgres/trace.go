package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/dbtrace"
)

// tracer counts what is sent to the database on behalf of a request.
type tracer struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (tracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	if conn.PgConn().TxStatus() == idle { // what runs inside a transaction is counted with its begin
		dbtrace.Add(ctx)
	}
	return ctx
}

// idle is the status of a connection that has no transaction open (PostgreSQL
// manual, Message Formats, ReadyForQuery).
const idle = 'I'

// TraceQueryEnd implements pgx.QueryTracer.
func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
