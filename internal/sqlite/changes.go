package sqlite

import (
	"context"
	"database/sql"
	"time"

	"latchkey/internal/auth"
)

// Changes implements auth.Store. A user who has just signed up has not
// changed, and what changed before a session began, it has seen; but the two
// times may be of different clocks, the database's for what is changed by hand.
func (s *Store) Changes(ctx context.Context, since time.Time) ([]auth.Change, error) {
	rows, err := s.reader.QueryContext(ctx, `
		SELECT id, ended_at, end_reason
		FROM sessions WHERE ended_at >= $1
		UNION ALL
		SELECT s.id, u.updated_at, NULL
		FROM users u JOIN sessions s ON s.user_id = u.id AND s.ended_at IS NULL
		WHERE u.updated_at >= $1 AND u.updated_at > u.created_at AND u.updated_at >= s.created_at - 15000`,
		moment(since))
	changes, err := collect(rows, err, scanChange)
	return changes, Error("changes", err)
}

func scanChange(row scanner) (auth.Change, error) {
	var c auth.Change
	err := row.Scan(&c.SessionID, (*stamp)(&c.At), (*text)(&c.Ended))
	return c, err
}

// liveChanges tells of each of the user's live sessions that it shows something else
// from now on.
func liveChanges(ctx context.Context, tx *sql.Tx, userID string, now time.Time) ([]auth.Change, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, $2, NULL FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND absolute_expires_at > $2`,
		userID, moment(now))
	return collect(rows, err, scanChange)
}
