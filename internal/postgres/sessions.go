package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// Find implements auth.Store.
func (s *Store) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	session, err := retry(ctx, s, func() (auth.Session, error) { return findSession(ctx, s.pool, key) })
	if err != nil {
		return auth.Session{}, Error("find session", err)
	}
	return session, nil
}

// querier is a *pgxpool.Pool or a pgx.Tx.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

func findSession(ctx context.Context, q querier, key auth.Key) (auth.Session, error) {
	where, arg := matching(key)
	return scanSession(q.QueryRow(ctx, `
		SELECT `+sessionColumns+`
		FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE `+where, arg))
}

// matching is the condition for a key, of which each has its index.
func matching(key auth.Key) (where string, arg any) {
	if len(key.TokenHash) > 0 {
		return `s.token_hash = $1`, key.TokenHash
	}
	return `s.id = $1`, key.ID
}

// Renew implements auth.Store.
func (s *Store) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	where, arg := matching(key)
	session, err := retry(ctx, s, func() (auth.Session, error) {
		return scanSession(s.pool.QueryRow(ctx, `
		UPDATE sessions AS s SET last_seen_at = $2, expires_at = least($3, s.absolute_expires_at), token_hash = coalesce($4, s.token_hash)
		FROM users u
		WHERE `+where+` AND s.ended_at IS NULL AND s.expires_at > $2 AND s.absolute_expires_at > $2
			AND u.id = s.user_id AND u.disabled_at IS NULL
		RETURNING `+sessionColumns,
			arg, moment(r.Now), stamp(r.ExpiresAt), hash(r.TokenHash)))
	})
	if err != nil {
		return auth.Session{}, Error("renew session", err)
	}
	return session, nil
}

// Live implements auth.Store.
func (s *Store) Live(ctx context.Context, userID string, now time.Time) ([]auth.Session, error) {
	live, err := liveSessions(ctx, s.pool, userID, now)
	return live, Error("list sessions", err)
}

func liveSessions(ctx context.Context, q querier, userID string, now time.Time) ([]auth.Session, error) {
	rows, err := q.Query(ctx, `
		SELECT `+sessionColumns+`
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.absolute_expires_at > $2
		ORDER BY s.created_at DESC, s.id DESC`,
		userID, moment(now))
	return collect(rows, err, scanSession)
}
