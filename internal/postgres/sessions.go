package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// Find implements auth.Store.
func (s *Store) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	session, err := retry(ctx, s, func() (auth.Session, error) { return s.find(ctx, key) })
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
	statement, arg := finding(key)
	return scanSession(q.QueryRow(ctx, statement, arg))
}

func finding(key auth.Key) (statement string, arg any) {
	where, arg := matching(key)
	return `SELECT ` + sessionColumns + ` FROM sessions s LEFT JOIN users u ON u.id = s.user_id WHERE ` + where, arg
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
func (s *Store) Live(ctx context.Context, userID string, now time.Time, page auth.Page) (list []auth.Session, total int, err error) {
	list, err = retry(ctx, s, func() (list []auth.Session, err error) {
		list, total, err = livePage(ctx, s.pool, userID, now, page)
		return list, err
	})
	return list, total, Error("list sessions", err)
}

// live is the condition for the live sessions of user $1 at $2 but $3.
const live = `s.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.absolute_expires_at > $2 AND s.id <> $3`

// The two orders of a page. Eviction follows the second.
const (
	newestFirst = `s.created_at DESC, s.id DESC`
	leastRecent = `s.last_seen_at, s.created_at, s.id`
)

// livePage lists and counts. A first page that is not full is all there is, which
// spares the count.
func livePage(ctx context.Context, q querier, userID string, now time.Time, page auth.Page) (list []auth.Session, total int, err error) {
	if page.Limit > 0 {
		list, err = listLive(ctx, q, userID, now, page)
		if err != nil || len(list) < page.Limit && page.After.ID == "" {
			return list, len(list), err
		}
	}
	err = q.QueryRow(ctx, `SELECT count(*) FROM sessions s WHERE `+live, userID, moment(now), page.Except).Scan(&total)
	return list, total, err
}

func listLive(ctx context.Context, q querier, userID string, now time.Time, page auth.Page) ([]auth.Session, error) {
	order := newestFirst
	if page.LeastRecent {
		order = leastRecent
	}
	rows, err := q.Query(ctx, `
		SELECT `+sessionColumns+`
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE `+live+` AND ($4::timestamptz IS NULL OR (s.created_at, s.id) < ($4, $5))
		ORDER BY s.id = $6 DESC, `+order+` LIMIT $7`,
		userID, moment(now), page.Except, stamp(page.After.CreatedAt), page.After.ID, page.First, page.Limit)
	return collect(rows, err, scanSession)
}
