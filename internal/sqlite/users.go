package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"latchkey/internal/auth"
)

// CreateUser implements auth.UserStore.
func (s *Store) CreateUser(ctx context.Context, u auth.User, passwordHash string) error {
	_, err := s.writer.ExecContext(ctx, `
		INSERT INTO users (id, email, name, image, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		u.ID, u.Email, u.Name, u.Image, text(passwordHash), stamp(u.EmailVerifiedAt), stamp(u.DisabledAt), u.MaxSessions,
		stamp(u.CreatedAt), stamp(u.UpdatedAt))
	if isEmailTaken(err) {
		return fmt.Errorf("create user: %w", auth.ErrEmailTaken)
	}
	return failed("create user", err)
}

// UserByEmail implements auth.UserStore.
func (s *Store) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	var u auth.User
	var passwordHash string
	err := s.reader.QueryRowContext(ctx, `
		SELECT id, email, name, image, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at
		FROM users WHERE email = $1`, email).
		Scan(&u.ID, &u.Email, &u.Name, &u.Image, (*text)(&passwordHash), (*stamp)(&u.EmailVerifiedAt), (*stamp)(&u.DisabledAt),
			&u.MaxSessions, (*stamp)(&u.CreatedAt), (*stamp)(&u.UpdatedAt))
	if err != nil {
		return auth.User{}, "", failed("find user", err)
	}
	return u, passwordHash, nil
}

// ReplacePasswordHash implements auth.UserStore.
func (s *Store) ReplacePasswordHash(ctx context.Context, userID, old, new string) error {
	_, err := s.writer.ExecContext(ctx, `
		UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2`,
		userID, text(old), text(new))
	return failed("replace password hash", err)
}

// DisableUser implements auth.UserStore.
func (s *Store) DisableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	var changes []auth.Change
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := lockUser(ctx, tx, userID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE users SET disabled_at = $2, updated_at = $2 WHERE id = $1`, userID, stamp(now))
		if err != nil {
			return err
		}
		changes, err = endSelected(ctx, tx, auth.Selector{UserID: userID}, reason, now)
		return err
	})
	if err != nil {
		return nil, failed("disable user", err)
	}
	return changes, nil
}
