package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	collectBatch = 500             // rows a transaction: others write in between
	collectFor   = 5 * time.Second // then leave the rest to the next round
	collectLock  = 0x6c6b_6763     // the advisory lock of the one that collects
)

// collectable are the two kinds of row that go, each found by its own index.
var collectable = []string{
	`DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
	`DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE absolute_expires_at < $1 ORDER BY absolute_expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
}

// Collect implements auth.Store. The lock belongs to a connection, so that of
// an instance that dies while collecting goes with it.
func (s *Store) Collect(ctx context.Context, before time.Time) (int, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return 0, failed("collect sessions", err)
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, collectLock).Scan(&mine); err != nil || !mine {
		return 0, failed("collect sessions", err)
	}
	defer conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, collectLock)

	start, total := time.Now(), 0
	for _, statement := range collectable {
		for time.Since(start) < collectFor {
			n, err := collectOnce(ctx, conn, statement, before)
			if err != nil {
				return total, failed("collect sessions", err)
			}
			total += n
			if n < collectBatch {
				break
			}
		}
	}
	return total, nil
}

func collectOnce(ctx context.Context, conn *pgxpool.Conn, statement string, before time.Time) (int, error) {
	tag, err := conn.Exec(ctx, statement, moment(before), collectBatch)
	return int(tag.RowsAffected()), err
}
