package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// Begin implements auth.Store.
func (s *Store) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, auth.Lister) (auth.Plan, error)) ([]auth.Change, error) {
	var changes []auth.Change
	var planErr error // is returned as it is
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		user, err := lockAndBury(ctx, tx, userID, now)
		if err != nil {
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
	s.hint(changes)
	return changes, nil
}

// beginTx says how transactions run. The timeout is for an instance that dies
// without a word: it must not keep a user's lock, and so their logins, until
// the operating system gives its connection up, which can take hours.
const beginTx = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '10s'`

// inTx runs do in a transaction, perhaps more than once: all that a try did is
// undone before the next.
func (s *Store) inTx(ctx context.Context, do func(pgx.Tx) error) error {
	_, err := retry(ctx, s, func() (struct{}, error) {
		return struct{}{}, pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: beginTx}, do)
	})
	return err
}

// lockUser reads the user and locks the row until the transaction ends. It is
// always a statement of its own and the first: what comes after it sees all
// that the previous holder of the lock has committed.
func lockUser(ctx context.Context, tx pgx.Tx, userID string) (auth.User, error) {
	return scanLocked(tx.QueryRow(ctx, lockingUser, userID))
}

const lockingUser = `
	SELECT id, email, name, image, profile, password_hash, email_verified_at, disabled_at, max_sessions, created_at, updated_at
	FROM users WHERE id = $1 FOR NO KEY UPDATE`

func scanLocked(row scanner) (u auth.User, err error) {
	var passwordHash string
	err = row.Scan(&u.ID, &u.Email, &u.Name, &u.Image, (*document)(&u.Profile), (*text)(&passwordHash), (*stamp)(&u.EmailVerifiedAt), (*stamp)(&u.DisabledAt),
		&u.MaxSessions, (*stamp)(&u.CreatedAt), (*stamp)(&u.UpdatedAt))
	u.Credential = auth.CredentialOf(passwordHash)
	return u, err
}

// lockAndBury is lockUser, and then, in the same round trip, ends the user's sessions that
// nobody has renewed in time. They do not count for the limit, so a renewal that was on its
// way all the while must not find them alive any more.
func lockAndBury(ctx context.Context, tx pgx.Tx, userID string, now time.Time) (u auth.User, err error) {
	var batch pgx.Batch
	batch.Queue(lockingUser, userID).QueryRow(func(row pgx.Row) error {
		u, err = scanLocked(row)
		return err
	})
	batch.Queue(`
		UPDATE sessions SET ended_at = $2, end_reason = $3
		WHERE user_id = $1 AND ended_at IS NULL AND (expires_at <= $2 OR absolute_expires_at <= $2)`,
		userID, moment(now), string(auth.ReasonExpired))
	err = tx.SendBatch(ctx, &batch).Close()
	return u, err
}

func insertSession(ctx context.Context, tx pgx.Tx, userID string, n auth.Session) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO sessions (id, user_id, token_hash, method, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		n.ID, userID, hash(n.TokenHash), string(n.Method), stamp(n.CreatedAt), stamp(n.AuthenticatedAt), stamp(n.LastSeenAt), stamp(n.ExpiresAt),
		stamp(n.AbsoluteExpiresAt), n.IP, n.UserAgent)
	return err
}
