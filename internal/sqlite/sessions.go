package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"latchkey/internal/auth"
)

// Find implements auth.Store.
func (s *Store) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	session, err := findSession(ctx, s.reader, key)
	if err != nil {
		return auth.Session{}, Error("find session", err)
	}
	return session, nil
}

// querier is a *sql.DB or a *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findSession(ctx context.Context, q querier, key auth.Key) (auth.Session, error) {
	where, arg := matching(key)
	return scanSession(q.QueryRowContext(ctx, `
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

// renewWait is how long a renewal waits for its turn to write. Then the engine,
// which waits for two seconds in all, still has the time to read the session.
const renewWait = time.Second

var errBusy = errors.New("the file is busy")

// Renew implements auth.Store.
func (s *Store) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	bounded, cancel := context.WithTimeout(ctx, renewWait)
	defer cancel()
	session, err := s.renew(bounded, key, r)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		err = errBusy // not the caller's deadline: they may go on
	}
	if err != nil {
		return auth.Session{}, Error("renew session", err)
	}
	return session, nil
}

// renew reads the user in the same transaction: SQLite returns no columns of a
// joined table from an UPDATE.
func (s *Store) renew(ctx context.Context, key auth.Key, r auth.Renewal) (session auth.Session, err error) {
	where, arg := matching(key)
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `
			UPDATE sessions AS s SET last_seen_at = $2, expires_at = min($3, absolute_expires_at), token_hash = coalesce($4, token_hash)
			WHERE `+where+` AND ended_at IS NULL AND expires_at > $2 AND absolute_expires_at > $2
				AND EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id AND u.disabled_at IS NULL)
			RETURNING id`,
			arg, moment(r.Now), stamp(r.ExpiresAt), hash(r.TokenHash)).Scan(&id)
		if err != nil {
			return err
		}
		session, err = findSession(ctx, tx, auth.Key{ID: id})
		return err
	})
	return session, err
}

// Live implements auth.Store.
func (s *Store) Live(ctx context.Context, userID string, now time.Time, page auth.Page) (list []auth.Session, total int, err error) {
	list, total, err = livePage(ctx, s.reader, userID, now, page)
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
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM sessions s WHERE `+live, userID, moment(now), page.Except).Scan(&total)
	return list, total, err
}

func listLive(ctx context.Context, q querier, userID string, now time.Time, page auth.Page) ([]auth.Session, error) {
	order := newestFirst
	if page.LeastRecent {
		order = leastRecent
	}
	rows, err := q.QueryContext(ctx, `
		SELECT `+sessionColumns+`
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE `+live+` AND ($4 IS NULL OR (s.created_at, s.id) < ($4, $5))
		ORDER BY s.id = $6 DESC, `+order+` LIMIT $7`,
		userID, moment(now), page.Except, stamp(page.After.CreatedAt), page.After.ID, page.First, page.Limit)
	return collect(rows, err, scanSession)
}
