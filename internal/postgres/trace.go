package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/dbtrace"
)

// tracer counts what is sent to the database on behalf of a request.
type tracer struct{}

var (
	_ pgx.QueryTracer    = tracer{}
	_ pgx.BatchTracer    = tracer{}
	_ pgx.CopyFromTracer = tracer{}
)

// TraceQueryStart implements pgx.QueryTracer.
func (tracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return count(ctx, conn)
}

// TraceBatchStart implements pgx.BatchTracer: a batch is one round trip.
func (tracer) TraceBatchStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return count(ctx, conn)
}

// TraceCopyFromStart implements pgx.CopyFromTracer.
func (tracer) TraceCopyFromStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceCopyFromStartData) context.Context {
	return count(ctx, conn)
}

func count(ctx context.Context, conn *pgx.Conn) context.Context {
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

// TraceBatchQuery implements pgx.BatchTracer.
func (tracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// TraceCopyFromEnd implements pgx.CopyFromTracer.
func (tracer) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}
