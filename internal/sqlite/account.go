package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// changeAccount runs one change of an account as one transaction. begin locks the
// user's row and says how the plan is asked.
func (s *Store) changeAccount(
	ctx context.Context, op string, now time.Time, begin func(*sql.Tx) (auth.User, func() (accounts.Change, error), error),
) ([]auth.Change, error) {
	var changes []auth.Change
	var refusal error // is returned as it is
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		refusal = nil
		u, plan, err := begin(tx)
		if err != nil {
			return err
		}
		change, err := plan()
		if refusal = err; err != nil {
			return err
		}
		changes, err = carryOut(ctx, tx, u.ID, change, now)
		return err
	})
	switch {
	case refusal != nil:
		return nil, refusal
	case errors.Is(err, accounts.ErrToken):
		return nil, fmt.Errorf("%s: %w", op, err)
	case isEmailTaken(err):
		return nil, fmt.Errorf("%s: %w", op, accounts.ErrEmailTaken)
	case err != nil:
		return nil, Error(op, err)
	}
	return changes, nil
}

// carryOut writes a change of a user whose row is locked.
func carryOut(ctx context.Context, tx *sql.Tx, userID string, c accounts.Change, now time.Time) ([]auth.Change, error) {
	if c.Writes() {
		_, err := tx.ExecContext(ctx, `
			UPDATE users SET password_hash = CASE WHEN $6 THEN NULL ELSE coalesce($2, password_hash) END,
				email = coalesce($3, email), email_verified_at = coalesce($4, email_verified_at), updated_at = $5
			WHERE id = $1`,
			userID, text(c.PasswordHash), text(c.Email), stamp(c.VerifiedAt), stamp(now), c.NoPassword)
		if err != nil {
			return nil, err
		}
	}
	if c.Voids() {
		_, err := tx.ExecContext(ctx, `DELETE FROM tokens WHERE user_id = $1 AND (purpose <> $2 OR $3)`, userID, string(accounts.PurposeUndo), c.VoidUndo)
		if err != nil {
			return nil, err
		}
	}
	changes, err := tellSessions(ctx, tx, userID, c, now)
	if err != nil {
		return nil, err
	}
	if err := insertLetters(ctx, tx, c.Letters); err != nil {
		return nil, err
	}
	if c.Delete {
		if _, err := tx.ExecContext(ctx, `DELETE FROM users WHERE id = $1`, userID); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// tellSessions ends the user's sessions, as the change says, and returns what becomes
// of each, those that go on included.
func tellSessions(ctx context.Context, tx *sql.Tx, userID string, c accounts.Change, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	if c.End != "" {
		ended, err := endSelected(ctx, tx, auth.Selector{UserID: userID, Except: c.Except}, c.End, now)
		if err != nil {
			return nil, err
		}
		changes = ended
	}
	going, err := liveChanges(ctx, tx, userID, now)
	return append(changes, going...), err
}
