package sqlite

import (
	"context"
	"time"
)

const (
	collectBatch = 500             // rows a transaction: others write in between
	collectFor   = 5 * time.Second // then leave the rest to the next round
)

// collectable are the two kinds of row that go, each found by its own index.
var collectable = []string{
	`DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)`,
	`DELETE FROM sessions WHERE id IN (
		SELECT id FROM sessions WHERE absolute_expires_at < $1 ORDER BY absolute_expires_at LIMIT $2)`,
}

// Collect implements auth.Store. Processes that collect at the same time take
// turns, batch by batch, and need not know of each other.
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
	result, err := s.writer.ExecContext(ctx, statement, moment(before), collectBatch)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
