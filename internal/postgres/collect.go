package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	collectBatch = 500             // rows a transaction: others write in between
	collectFor   = 5 * time.Second // then leave the rest to the next round
)

// collectable are the two kinds of row that go, each found by its own index, and deleted by
// their ids: for IN, the planner would read all of a table of some thousand rows.
var collectable = []string{
	`DELETE FROM sessions WHERE id = ANY (ARRAY(
		SELECT id FROM sessions WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
	`DELETE FROM sessions WHERE id = ANY (ARRAY(
		SELECT id FROM sessions WHERE absolute_expires_at < $1 ORDER BY absolute_expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
}

// Collect implements auth.Store. Instances that collect at the same time take
// different rows (SKIP LOCKED) and need not know of each other.
func (s *Store) Collect(ctx context.Context, before time.Time) (int, error) {
	start, total := time.Now(), 0
	for _, statement := range collectable {
		for time.Since(start) < collectFor {
			n, err := s.collectBatch(ctx, statement, before)
			if err != nil {
				return total, Error("collect sessions", err)
			}
			total += n
			if n < collectBatch {
				break
			}
		}
	}
	return total, nil
}

func (s *Store) collectBatch(ctx context.Context, statement string, before time.Time) (int, error) {
	tag, err := retry(ctx, s, func() (pgconn.CommandTag, error) { return s.pool.Exec(ctx, statement, moment(before), collectBatch) })
	return int(tag.RowsAffected()), err
}
