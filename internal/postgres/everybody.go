package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// EndAny implements auth.Everybody. Users are locked in the order of their ids, and before
// any session, so that neither two of these nor a login and one wait for each other.
func (s *Store) EndAny(ctx context.Context, most int, reason auth.Reason, now time.Time) (changes []auth.Change, more bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY user_id LIMIT $1`, most)
		picked, err := collect(rows, err, scanText)
		if err != nil {
			return err
		}
		more = len(picked) == most
		_, err = tx.Exec(ctx, `
			SELECT id FROM users WHERE id IN (SELECT user_id FROM sessions WHERE id = ANY($1))
			ORDER BY id FOR NO KEY UPDATE`, picked)
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `
			UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE ended_at IS NULL AND id = ANY($3)
			RETURNING id, ended_at, end_reason`,
			stamp(now), string(reason), picked)
		changes, err = collect(rows, err, scanChange)
		return err
	})
	if err != nil {
		return nil, true, Error("end any sessions", err)
	}
	s.hint(changes)
	return changes, more, nil
}

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}
