package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // by name, below
	_ "modernc.org/sqlite"             // likewise

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/authjs"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
)

const (
	host   = "torture.example"
	origin = "https://" + host // also over plain http, as behind a proxy

	maxAge, absoluteMaxAge = 168 * time.Hour, 720 * time.Hour

	browserAgent  = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	operatorAgent = "operator" // has no sign-in form
	changeAgent   = "change"   // of a password: the session that follows is no sign-in
)

// store is what this program uses of a database's store.
type store interface {
	auth.Store
	accounts.Store
	Migrate(context.Context) error
	Close()
}

// truth is the database itself, by a way that nothing is done to.
type truth struct {
	store store
	db    *sql.DB
	codec *authjs.Codec

	operator *auth.Service // begins sessions without a password, which costs a hundredth
	early    *auth.Service // likewise, some seconds ago: their first request renews them
	forger   *auth.JWT     // knows the secret, as a program would that shares it
}

func openTruth(ctx context.Context, url, strategy, secret string) (t *truth, err error) {
	t = &truth{}
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if t.store, err = sqlite.Open(ctx, path); err == nil {
			t.db, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
		}
	} else if t.store, err = postgres.Open(ctx, url, "", slog.New(slog.DiscardHandler)); err == nil {
		t.db, err = sql.Open("pgx", url)
	}
	if err != nil {
		return nil, err
	}
	cookie := authjs.SessionCookie(true).Name
	service := func(now func() time.Time) *auth.Service {
		s, bad := auth.New(auth.Config{
			Store: t.store, Strategy: strategy, Secrets: []string{secret}, CookieName: cookie, MaxAge: maxAge, AbsoluteMaxAge: absoluteMaxAge,
			RenewAfter: renewAfter, Limit: sessionLimit, Log: slog.New(slog.DiscardHandler), Now: now,
		})
		if bad != nil {
			err = bad
		}
		return s
	}
	t.operator = service(time.Now)
	t.early = service(func() time.Time { return time.Now().Add(-renewAfter - time.Second) })
	if err == nil {
		t.codec, err = authjs.NewCodec(cookie, secret)
	}
	if err == nil {
		t.forger, err = auth.NewJWT(cookie, secret)
	}
	if err != nil {
		return nil, err
	}
	return t, t.store.Migrate(ctx)
}

func (t *truth) close() {
	t.db.Close()
	t.store.Close()
}

// find is the session of a cookie.
func (t *truth) find(ctx context.Context, cookie string) (auth.Session, error) {
	if strings.Count(cookie, ".") == 4 {
		claims, err := t.codec.Decode(cookie, time.Now().Add(skew)) // it may come from a clock that is ahead
		if err != nil {
			return auth.Session{}, err
		}
		return t.store.Find(ctx, auth.Key{ID: claims.SessionID})
	}
	hash := sha256.Sum256([]byte(cookie))
	return t.store.Find(ctx, auth.Key{TokenHash: hash[:]})
}

// live are the sessions that have not ended: of one user, or of all for "". The values are
// the users' ids.
func (t *truth) live(ctx context.Context, userID string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	rows, err := t.db.QueryContext(ctx, `SELECT id, coalesce(user_id, '') FROM sessions WHERE ended_at IS NULL AND ($1 = '' OR user_id = $1)`, userID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var id, user string
		if err := rows.Scan(&id, &user); err != nil {
			return nil, err
		}
		all[id] = user
	}
	return all, rows.Err()
}

// number asks for one number.
func (t *truth) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := t.db.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return n, nil
}

func isNotFound(err error) bool { return errors.Is(err, auth.ErrNotFound) }

// all are all sessions there have been, by id; the value says whether it has ended.
func (t *truth) all(ctx context.Context) (map[string]bool, error) {
	rows, err := t.db.QueryContext(ctx, `SELECT id, ended_at IS NOT NULL FROM sessions`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]bool{}
	for rows.Next() {
		var id string
		var over bool
		if err := rows.Scan(&id, &over); err != nil {
			return nil, err
		}
		all[id] = over
	}
	return all, rows.Err()
}

// integrity is what SQLite says of its file: ok.
func (t *truth) integrity(ctx context.Context) (said string, err error) {
	err = t.db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said)
	return said, err
}
