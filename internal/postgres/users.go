package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// CreateUser implements accounts.Store.
func (s *Store) CreateUser(ctx context.Context, u auth.User, passwordHash string, letters ...accounts.Letter) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO users (id, email, name, image, profile, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			u.ID, u.Email, u.Name, u.Image, document(u.Profile), text(passwordHash), stamp(u.EmailVerifiedAt), stamp(u.DisabledAt), u.MaxSessions,
			stamp(u.CreatedAt), stamp(u.UpdatedAt))
		if err != nil {
			return err
		}
		return insertLetters(ctx, tx, letters)
	})
	if isEmailTaken(err) {
		return fmt.Errorf("create user: %w", accounts.ErrEmailTaken)
	}
	return Error("create user", err)
}

// UserByEmail implements accounts.Store.
func (s *Store) UserByEmail(ctx context.Context, email string) (u auth.User, passwordHash string, err error) {
	u, err = retry(ctx, s, func() (u auth.User, err error) {
		err = s.pool.QueryRow(ctx, `
			SELECT id, email, name, image, profile, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at
			FROM users WHERE email = $1`, email).
			Scan(&u.ID, &u.Email, &u.Name, &u.Image, (*document)(&u.Profile), (*text)(&passwordHash), (*stamp)(&u.EmailVerifiedAt), (*stamp)(&u.DisabledAt),
				&u.MaxSessions, (*stamp)(&u.CreatedAt), (*stamp)(&u.UpdatedAt))
		return u, err
	})
	if err != nil {
		return auth.User{}, "", Error("find user", err)
	}
	return u, passwordHash, nil
}

// ReplacePasswordHash implements accounts.Store.
func (s *Store) ReplacePasswordHash(ctx context.Context, userID, old, new string) error {
	err := s.exec(ctx, `
		UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2`,
		userID, text(old), text(new))
	return Error("replace password hash", err)
}

// DisableUser implements accounts.Store.
func (s *Store) DisableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	return s.setDisabled(ctx, "disable user", userID, now, reason, now)
}

// EnableUser implements accounts.Store.
func (s *Store) EnableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	return s.setDisabled(ctx, "enable user", userID, time.Time{}, reason, now)
}

// setDisabled writes disabled_at, zero = the user may sign in, and ends all the user's
// sessions.
func (s *Store) setDisabled(ctx context.Context, op, userID string, disabledAt time.Time, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := lockUser(ctx, tx, userID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE users SET disabled_at = $2, updated_at = $3 WHERE id = $1`, userID, stamp(disabledAt), stamp(now))
		if err != nil {
			return err
		}
		changes, err = endSelected(ctx, tx, auth.Selector{UserID: userID}, reason, now)
		return err
	})
	if err != nil {
		return nil, Error(op, err)
	}
	s.hint(changes)
	return changes, nil
}

// UpdateUser implements accounts.Store.
func (s *Store) UpdateUser(ctx context.Context, userID string, now time.Time, change func(*accounts.Editable) error) ([]auth.Change, error) {
	var changes []auth.Change
	var changeErr error // is returned as it is
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		u, err := lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if !u.DisabledAt.IsZero() {
			changeErr = auth.ErrDisabled
			return changeErr
		}
		edited := accounts.EditableOf(u)
		if changeErr = change(&edited); changeErr != nil {
			return changeErr
		}
		_, err = tx.Exec(ctx, `
			UPDATE users SET name = $2, image = $3, profile = $4, max_sessions = $5, updated_at = $6 WHERE id = $1`,
			userID, edited.Name, edited.Image, document(edited.Profile), edited.MaxSessions, stamp(now))
		if err != nil {
			return err
		}
		changes, err = liveChanges(ctx, tx, userID, now)
		return err
	})
	if changeErr != nil {
		return nil, changeErr
	}
	if err != nil {
		return nil, Error("update user", err)
	}
	s.hint(changes)
	return changes, nil
}
