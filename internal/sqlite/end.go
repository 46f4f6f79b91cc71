package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"latchkey/internal/auth"
)

// End implements auth.Store.
func (s *Store) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := lockUser(ctx, tx, sel.UserID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // no user, no sessions
		}
		if err != nil {
			return err
		}
		changes, err = endSelected(ctx, tx, sel, reason, now)
		return err
	})
	if err != nil {
		return nil, Error("end sessions", err)
	}
	return changes, nil
}

// endSelected ends sessions of a user whose row is locked.
func endSelected(ctx context.Context, tx *sql.Tx, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	rows, err := tx.QueryContext(ctx, `
		UPDATE sessions SET ended_at = $1, end_reason = $2
		WHERE ended_at IS NULL AND id IN (
			SELECT s.id FROM sessions s
			WHERE s.user_id = $3 AND s.ended_at IS NULL AND ($4 = '' OR s.id = $4) AND s.id <> $5
			ORDER BY `+leastRecent+` LIMIT $6)
		RETURNING id, ended_at, end_reason`,
		stamp(now), string(reason), sel.UserID, sel.SessionID, sel.Except, cmp.Or(sel.Most, math.MaxInt32))
	return collect(rows, err, scanChange)
}

// endPlanned ends what a login's plan names, likewise: all of one reason at once.
func endPlanned(ctx context.Context, tx *sql.Tx, userID string, endings []auth.Ending, now time.Time) ([]auth.Change, error) {
	byReason := map[auth.Reason][]string{}
	for _, e := range endings {
		byReason[e.Reason] = append(byReason[e.Reason], e.SessionID)
	}
	var changes []auth.Change
	for reason, ids := range byReason {
		ended, err := endNamed(ctx, tx, userID, ids, reason, now)
		if err != nil {
			return nil, err
		}
		changes = append(changes, ended...)
	}
	return changes, nil
}

func endNamed(ctx context.Context, tx *sql.Tx, userID string, ids []string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	named, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		UPDATE sessions SET ended_at = $1, end_reason = $2
		WHERE user_id = $3 AND ended_at IS NULL AND id IN (SELECT value FROM json_each($4))
		RETURNING id, ended_at, end_reason`,
		stamp(now), string(reason), userID, string(named))
	return collect(rows, err, scanChange)
}
