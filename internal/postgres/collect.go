package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
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

// Collect implements auth.Store. The lock is a transaction's, so that neither
// an instance that dies nor a pooler between here and the database can keep it.
func (s *Store) Collect(ctx context.Context, before time.Time) (int, error) {
	start, total := time.Now(), 0
	for _, statement := range collectable {
		for time.Since(start) < collectFor {
			n, err := s.collectBatch(ctx, statement, before)
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

// collectBatch deletes nothing while another instance is at it.
func (s *Store) collectBatch(ctx context.Context, statement string, before time.Time) (n int, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		var mine bool
		err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, collectLock).Scan(&mine)
		if err != nil || !mine {
			return err
		}
		tag, err := tx.Exec(ctx, statement, moment(before), collectBatch)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
