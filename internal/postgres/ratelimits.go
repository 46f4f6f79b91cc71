package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/ratelimit"
)

// TakeToken implements ratelimit.Store. The condition is part of the statement that
// writes: the row is locked while it is looked at.
func (s *Store) TakeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error) {
	_, err = retry(ctx, s, func() (struct{}, error) {
		fullAt, ok, err = s.takeToken(ctx, key, b, now, insert)
		return struct{}{}, err
	})
	return fullAt, ok, Error("take token", err)
}

func (s *Store) takeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error) {
	whole := b.Interval * time.Duration(b.Tokens)
	latest := now.Add(whole - b.Interval) // full again no later than this, there is a token
	beyond := now.Add(2 * whole)          // full again later than this, the clock was set back, and not a little
	statement := `
		INSERT INTO rate_limits (key, full_at) VALUES ($1, $2::timestamptz + $3)
		ON CONFLICT (key) DO UPDATE
		SET full_at = CASE WHEN rate_limits.full_at > $5 THEN $2 ELSE greatest(rate_limits.full_at, $2) END + $3
		WHERE rate_limits.full_at <= $4 OR rate_limits.full_at > $5
		RETURNING full_at`
	if !insert {
		statement = `
			UPDATE rate_limits SET full_at = CASE WHEN full_at > $5 THEN $2::timestamptz ELSE greatest(full_at, $2) END + $3
			WHERE key = $1 AND (full_at <= $4 OR full_at > $5) RETURNING full_at`
	}
	err = s.pool.QueryRow(ctx, statement, key, moment(now), b.Interval, moment(latest), moment(beyond)).Scan((*stamp)(&fullAt))
	if !errors.Is(err, pgx.ErrNoRows) {
		return fullAt, err == nil, err
	}
	err = s.pool.QueryRow(ctx, `SELECT full_at FROM rate_limits WHERE key = $1`, key).Scan((*stamp)(&fullAt))
	if errors.Is(err, pgx.ErrNoRows) { // collected since, or no row may be added
		return now, true, nil
	}
	return fullAt, false, err
}

// ReturnToken implements ratelimit.Store.
func (s *Store) ReturnToken(ctx context.Context, key string, b ratelimit.Bucket) error {
	return Error("return token", s.exec(ctx, `UPDATE rate_limits SET full_at = full_at - $2::interval WHERE key = $1`, key, b.Interval))
}

// Remember implements ratelimit.Store.
func (s *Store) Remember(ctx context.Context, key string, until time.Time) error {
	return Error("remember", s.exec(ctx, `
		INSERT INTO rate_limits (key, full_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at`, key, moment(until)))
}

// Remembers implements ratelimit.Store.
func (s *Store) Remembers(ctx context.Context, key string, now time.Time) (bool, error) {
	known, err := retry(ctx, s, func() (known bool, err error) {
		err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM rate_limits WHERE key = $1 AND full_at > $2)`, key, moment(now)).Scan(&known)
		return known, err
	})
	return known, Error("remembers", err)
}

// CollectBuckets implements ratelimit.Store.
func (s *Store) CollectBuckets(ctx context.Context, now time.Time) (left int, err error) {
	if err := s.exec(ctx, `DELETE FROM rate_limits WHERE full_at <= $1`, moment(now)); err != nil {
		return 0, Error("collect buckets", err)
	}
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM rate_limits`).Scan(&left)
	return left, Error("collect buckets", err)
}
