package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// filler fills a database with the sessions of many users, four each, faster than they could
// sign in.
type filler struct {
	*sql.DB
	postgres bool
	rows     int
	given    int // users who were handed out
}

func openFiller(ctx context.Context, url string) (*filler, error) {
	driver, dsn, postgres := "pgx", url, true
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn, postgres = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)", false
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	return &filler{DB: db, postgres: postgres}, db.PingContext(ctx)
}

// users returns the ids of n users with four sessions whom nobody has had before.
func (f *filler) users(n int) (ids []string) {
	for range n {
		ids = append(ids, fmt.Sprintf("filled-%d", f.given))
		f.given++
	}
	return ids
}

// sessions brings the table to so many rows.
func (f *filler) sessions(ctx context.Context, rows int) error {
	const users, sessions = `INSERT INTO users (id, email, name, image, profile, created_at, updated_at)
SELECT 'filled-' || i, 'filled-' || i || '@bench.example', 'Filled', '', '{}', BEFORE, BEFORE FROM NUMBERS`,
		`INSERT INTO sessions (id, user_id, token_hash, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
SELECT 'filled-' || i, 'filled-' || (i / 4), HASH, BEFORE, BEFORE, BEFORE, AFTER, AFTER, '192.0.2.1', 'Mozilla/5.0' FROM NUMBERS`
	fill := func(statement string, from, to int) error {
		words := strings.NewReplacer("BEFORE", "(unixepoch() - 3600) * 1000", "AFTER", "(unixepoch() + 604800) * 1000", "HASH", "randomblob(32)",
			"NUMBERS", fmt.Sprintf("(WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n)", from, to-1))
		if f.postgres {
			words = strings.NewReplacer("BEFORE", "now() - interval '1 hour'", "AFTER", "now() + interval '7 days'", "HASH", "sha256(i::text::bytea)",
				"NUMBERS", fmt.Sprintf("generate_series(%d, %d) AS i", from, to-1))
		}
		_, err := f.ExecContext(ctx, words.Replace(statement))
		return err
	}
	if err := fill(users, f.rows/4, rows/4); err != nil {
		return err
	}
	if err := fill(sessions, f.rows, rows); err != nil {
		return err
	}
	f.rows = rows
	_, err := f.ExecContext(ctx, "ANALYZE")
	return err
}

// scans are how the tables have been read so far. SQLite keeps no count.
func (f *filler) scans(ctx context.Context) (all []scans, err error) {
	if !f.postgres {
		return nil, nil
	}
	time.Sleep(11 * time.Second) // an idle connection tells after ten what it has counted
	rows, err := f.QueryContext(ctx, "SELECT relname, seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname IN ('sessions', 'users') ORDER BY relname")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s scans
		if err := rows.Scan(&s.Table, &s.Sequential, &s.Index); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
