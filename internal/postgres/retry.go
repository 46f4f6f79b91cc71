package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Errors after which another try may go better, by their codes.
const (
	serializationFailure = "40001" // the transaction lost against another and was rolled back
	deadlock             = "40P01" // likewise
	noSuchStatement      = "26000" // a pooler has changed the server's connection
	statementExists      = "42P05" // likewise
	notSupported         = "0A000"
	lockNotAvailable     = "55P03" // NOWAIT, and somebody holds it
	duplicateTable       = "42P07" // two CREATE TABLE IF NOT EXISTS at the same time
	duplicateObject      = "42710" // likewise: the table's row type
)

const (
	tries      = 6                      // of one call, in all
	retryPause = 10 * time.Millisecond  // at most, before the second; doubles
	resetGap   = 100 * time.Millisecond // between two resets of the pool: one failure is many calls'
)

// retry calls do again where the database says that another try may go better:
// it has rolled back what was tried, so trying is safe.
func retry[T any](ctx context.Context, s *Store, do func() (T, error)) (T, error) {
	for try := range tries - 1 {
		v, err := do()
		if err == nil || !s.remedy(err) {
			return v, err
		}
		select {
		case <-ctx.Done():
			return v, err
		case <-time.After(rand.N(retryPause << try)):
		}
	}
	return do()
}

// exec is retry for a statement without an answer.
func (s *Store) exec(ctx context.Context, statement string, args ...any) error {
	_, err := retry(ctx, s, func() (pgconn.CommandTag, error) { return s.pool.Exec(ctx, statement, args...) })
	return err
}

// remedy reports whether another try makes sense, and does what it needs.
func (s *Store) remedy(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch {
	case e.Code == serializationFailure, e.Code == deadlock:
		return true
	case e.Code == readOnlySQL: // another server is the primary now: ask for it by name
		s.reconnect()
		return true
	case e.Code == notSupported && e.Routine == "RevalidateCachedQuery":
		// A migration has changed a table under prepared statements. The
		// message, "cached plan must not change result type", is translated.
		s.reconnect()
		return true
	case e.Code == noSuchStatement, e.Code == statementExists:
		s.unprepare()
		s.reconnect()
		return true
	}
	return false
}

// reconnect closes the pool's connections, those in use as soon as they are
// free, so that what comes next gets new ones.
func (s *Store) reconnect() {
	now, last := time.Now().UnixNano(), s.reset.Load()
	if now-last >= int64(resetGap) && s.reset.CompareAndSwap(last, now) {
		s.pool.Reset()
	}
}

// unprepare has new connections do without prepared statements, which a pooler
// that hands out connections transaction by transaction may not keep track of.
func (s *Store) unprepare() {
	s.unprepared.Store(true)
	s.note("the pooler before the database does not keep prepared statements (PgBouncer does from 1.21, with max_prepared_statements " +
		"set, from 1.24 by default): going on without them; default_query_exec_mode=exec in DATABASE_URL says so from the start")
}

// beforeConnect is the pool's, for each new connection.
func (s *Store) beforeConnect(_ context.Context, c *pgx.ConnConfig) error {
	if s.unprepared.Load() {
		c.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	return nil
}
