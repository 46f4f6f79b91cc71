package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"latchkey/internal/auth"
)

// Begin implements auth.Store.
func (s *Store) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, auth.Lister) (auth.Plan, error)) ([]auth.Change, error) {
	var changes []auth.Change
	var planErr error // is returned as it is
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		user, err := lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := buryExpired(ctx, tx, userID, now); err != nil {
			return err
		}
		var listErr error // the database's, whatever the plan makes of it
		p, err := plan(user, func(page auth.Page) (list []auth.Session, total int, err error) {
			list, total, err = livePage(ctx, tx, userID, now, page)
			listErr = errors.Join(listErr, err)
			return list, total, err
		})
		if listErr != nil {
			return listErr
		}
		if planErr = err; err != nil {
			return err
		}
		changes, err = endPlanned(ctx, tx, userID, p.End, now)
		if err != nil {
			return err
		}
		return insertSession(ctx, tx, userID, p.New)
	})
	if planErr != nil {
		return nil, planErr
	}
	if err != nil {
		return nil, Error("begin session", err)
	}
	return changes, nil
}

// inTx runs do in a transaction, which is the only one that writes.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// lockUser reads the user. The lock is there already: the transaction began
// with it (_txlock=immediate).
func lockUser(ctx context.Context, tx *sql.Tx, userID string) (auth.User, error) {
	var u auth.User
	var passwordHash string
	err := tx.QueryRowContext(ctx, `
		SELECT id, email, name, image, profile, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at
		FROM users WHERE id = $1`, userID).
		Scan(&u.ID, &u.Email, &u.Name, &u.Image, (*document)(&u.Profile), (*text)(&passwordHash), (*stamp)(&u.EmailVerifiedAt), (*stamp)(&u.DisabledAt),
			&u.MaxSessions, (*stamp)(&u.CreatedAt), (*stamp)(&u.UpdatedAt))
	u.Credential = auth.CredentialOf(passwordHash)
	return u, err
}

// buryExpired ends the user's sessions that nobody has renewed in time. They do
// not count for the limit, so a renewal that was on its way all the while must
// not find them alive any more.
func buryExpired(ctx context.Context, tx *sql.Tx, userID string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE sessions SET ended_at = $2, end_reason = $3
		WHERE user_id = $1 AND ended_at IS NULL AND (expires_at <= $2 OR absolute_expires_at <= $2)`,
		userID, moment(now), string(auth.ReasonExpired))
	return err
}

func insertSession(ctx context.Context, tx *sql.Tx, userID string, n auth.Session) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO sessions (id, user_id, token_hash, method, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		n.ID, userID, hash(n.TokenHash), string(n.Method), stamp(n.CreatedAt), stamp(n.AuthenticatedAt), stamp(n.LastSeenAt), stamp(n.ExpiresAt),
		stamp(n.AbsoluteExpiresAt), n.IP, n.UserAgent)
	return err
}
