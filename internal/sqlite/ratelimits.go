package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"latchkey/internal/ratelimit"
)

// TakeToken implements ratelimit.Store. The condition is part of the statement that
// writes.
func (s *Store) TakeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error) {
	fullAt, ok, err = s.takeToken(ctx, key, b, now, insert)
	return fullAt, ok, Error("take token", err)
}

func (s *Store) takeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error) {
	whole := b.Interval * time.Duration(b.Tokens)
	latest := now.Add(whole - b.Interval) // full again no later than this, there is a token
	beyond := now.Add(2 * whole)          // full again later than this, the clock was set back, and not a little
	statement := `
		INSERT INTO rate_limits (key, full_at) VALUES ($1, $2 + $3)
		ON CONFLICT (key) DO UPDATE
		SET full_at = CASE WHEN rate_limits.full_at > $5 THEN $2 ELSE max(rate_limits.full_at, $2) END + $3
		WHERE rate_limits.full_at <= $4 OR rate_limits.full_at > $5
		RETURNING full_at`
	if !insert {
		statement = `
			UPDATE rate_limits SET full_at = CASE WHEN full_at > $5 THEN $2 ELSE max(full_at, $2) END + $3
			WHERE key = $1 AND (full_at <= $4 OR full_at > $5) RETURNING full_at`
	}
	err = s.writer.QueryRowContext(ctx, statement, key, moment(now), b.Interval.Milliseconds(), moment(latest), moment(beyond)).Scan((*stamp)(&fullAt))
	if !errors.Is(err, sql.ErrNoRows) {
		return fullAt, err == nil, err
	}
	err = s.writer.QueryRowContext(ctx, `SELECT full_at FROM rate_limits WHERE key = $1`, key).Scan((*stamp)(&fullAt))
	if errors.Is(err, sql.ErrNoRows) { // collected since, or no row may be added
		return now, true, nil
	}
	return fullAt, false, err
}

// ReturnToken implements ratelimit.Store.
func (s *Store) ReturnToken(ctx context.Context, key string, b ratelimit.Bucket) error {
	_, err := s.writer.ExecContext(ctx, `UPDATE rate_limits SET full_at = full_at - $2 WHERE key = $1`, key, b.Interval.Milliseconds())
	return Error("return token", err)
}

// Remember implements ratelimit.Store.
func (s *Store) Remember(ctx context.Context, key string, until time.Time) error {
	_, err := s.writer.ExecContext(ctx, `
		INSERT INTO rate_limits (key, full_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at`, key, moment(until))
	return Error("remember", err)
}

// Remembers implements ratelimit.Store.
func (s *Store) Remembers(ctx context.Context, key string, now time.Time) (known bool, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM rate_limits WHERE key = $1 AND full_at > $2)`, key, moment(now)).Scan(&known)
	return known, Error("remembers", err)
}

// CollectBuckets implements ratelimit.Store.
func (s *Store) CollectBuckets(ctx context.Context, now time.Time) (left int, err error) {
	if _, err := s.writer.ExecContext(ctx, `DELETE FROM rate_limits WHERE full_at <= $1`, moment(now)); err != nil {
		return 0, Error("collect buckets", err)
	}
	err = s.reader.QueryRowContext(ctx, `SELECT count(*) FROM rate_limits`).Scan(&left)
	return left, Error("collect buckets", err)
}
