package sqlite

import (
	"context"
	"database/sql"
	"time"

	"latchkey/internal/auth"
)

// EndAny implements auth.Everybody. The lock is there already: no other transaction writes.
func (s *Store) EndAny(ctx context.Context, most int, reason auth.Reason, now time.Time) (changes []auth.Change, more bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			UPDATE sessions SET ended_at = $1, end_reason = $2
			WHERE ended_at IS NULL AND id IN (SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY user_id LIMIT $3)
			RETURNING id, ended_at, end_reason`,
			stamp(now), string(reason), most)
		changes, err = collect(rows, err, scanChange)
		more = len(changes) == most
		return err
	})
	if err != nil {
		return nil, true, Error("end any sessions", err)
	}
	return changes, more, nil
}
