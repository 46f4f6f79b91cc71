package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// End implements auth.Store.
func (s *Store) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		_, err := lockUser(ctx, tx, sel.UserID)
		if errors.Is(err, pgx.ErrNoRows) {
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
	s.hint(changes)
	return changes, nil
}

// endSelected ends sessions of a user whose row is locked.
func endSelected(ctx context.Context, tx pgx.Tx, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	rows, err := tx.Query(ctx, `
		UPDATE sessions SET ended_at = $1, end_reason = $2
		WHERE user_id = $3 AND ended_at IS NULL AND ($4 = '' OR id = $4) AND id <> $5
		RETURNING id, ended_at, end_reason`,
		stamp(now), string(reason), sel.UserID, sel.SessionID, sel.Except)
	return collect(rows, err, scanChange)
}

// endPlanned ends what a login's plan names, likewise.
func endPlanned(ctx context.Context, tx pgx.Tx, userID string, endings []auth.Ending, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	for _, e := range endings {
		ended, err := endSelected(ctx, tx, auth.Selector{UserID: userID, SessionID: e.SessionID}, e.Reason, now)
		if err != nil {
			return nil, err
		}
		changes = append(changes, ended...)
	}
	return changes, nil
}
