package postgres

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

// recorder takes note of what a store asks.
type recorder struct {
	tracer
	mu    sync.Mutex
	asked []question
}

type question struct {
	sql  string
	args []any
}

func (r *recorder) TraceQueryStart(ctx context.Context, c *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	r.note(d.SQL, d.Args)
	return r.tracer.TraceQueryStart(ctx, c, d)
}

func (r *recorder) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	r.note(d.SQL, d.Args)
}

func (r *recorder) note(sql string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sql = strings.TrimSpace(sql)
	if explainable.MatchString(sql) && !slices.ContainsFunc(r.asked, func(q question) bool { return q.sql == sql }) {
		r.asked = append(r.asked, question{sql, args})
	}
}

// take returns what was asked since the last time.
func (r *recorder) take() (asked []question) {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked, r.asked = r.asked, nil
	return asked
}

var explainable = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

// None of the questions of a day reads all sessions or all users, however many there are.
// UPDATE_PLANS=1 writes the plans into docs/query-plans.txt.
func TestNoQuestionReadsATableThrough(t *testing.T) {
	s := open(t, testenv.OwnPostgres(t))
	now := noon
	for _, statement := range []string{
		`INSERT INTO users (id, email, name, image, profile, created_at, updated_at)
			SELECT 'user-' || n, 'user' || n || '@example.com', '', '', '{}', $1, $1::timestamptz - n * interval '1 minute' FROM generate_series(1, 2000) AS n`,
		`INSERT INTO sessions (id, user_id, token_hash, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
			SELECT 'session-' || n, 'user-' || 1 + n % 2000, sha256(n::text::bytea), $1, $1, $1, $1::timestamptz + interval '1 day', $1::timestamptz + n * interval '1 second', '', ''
			FROM generate_series(1, 40000) AS n`,
		`UPDATE sessions SET ended_at = $1::timestamptz - substr(id, 9)::int * interval '1 minute', end_reason = 'signout' WHERE substr(id, 9)::int % 10 = 0`,
	} {
		if _, err := s.pool.Exec(t.Context(), statement, now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.pool.Exec(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
	watched := &recorder{}
	config := s.pool.Config().Copy()
	config.ConnConfig.Tracer = watched
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	busy := &Store{pool: pool, log: s.log, hints: s.hints} // its hints go out unseen, by the other one

	var out strings.Builder
	for _, use := range uses(busy, now) {
		if err := use.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", use.what, err)
		}
		asked := watched.take()
		if len(asked) == 0 {
			t.Errorf("%s has asked nothing", use.what)
		}
		for _, q := range asked {
			plan := explain(t, s.pool, q)
			fmt.Fprintf(&out, "== %s\n\n%s\n\n%s\n", use.what, q.sql, plan)
			if strings.Contains(plan, "Seq Scan on sessions") || strings.Contains(plan, "Seq Scan on users") {
				t.Errorf("%s reads a table through:\n%s\n%s", use.what, q.sql, plan)
			}
		}
	}
	if os.Getenv("UPDATE_PLANS") != "" {
		if err := os.WriteFile("../../docs/query-plans.txt", []byte(out.String()), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// use is something that a site does all day.
type use struct {
	what string
	do   func(context.Context) error
}

func uses(s *Store, now time.Time) []use {
	session := auth.Session{
		ID: "new", CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), AbsoluteExpiresAt: now.Add(time.Hour),
	}
	hash := []byte(strings.Repeat("x", 32))
	return []use{
		{"a session is found by its id", func(ctx context.Context) error { _, err := s.Find(ctx, auth.Key{ID: "session-7"}); return err }},
		{"a session is found by its token", func(ctx context.Context) error { _, err := s.Find(ctx, auth.Key{TokenHash: hash}); return ignore(err) }},
		{"a renewal", func(ctx context.Context) error {
			_, err := s.Renew(ctx, auth.Key{ID: "session-7"}, auth.Renewal{Now: now, ExpiresAt: now.Add(time.Hour)})
			return err
		}},
		{"the poll for what has ended", func(ctx context.Context) error { _, err := s.Changes(ctx, now.Add(-time.Minute)); return err }},
		{"a sign-in, which makes room", func(ctx context.Context) error {
			_, err := s.Begin(ctx, "user-3", now, func(_ auth.User, list auth.Lister) (auth.Plan, error) {
				live, _, err := list(auth.Page{Limit: 10})
				if err != nil || len(live) == 0 {
					return auth.Plan{}, err
				}
				return auth.Plan{New: session, End: []auth.Ending{{SessionID: live[0].ID, Reason: auth.ReasonLimit}}}, nil
			})
			return err
		}},
		{"the list of devices", func(ctx context.Context) error {
			_, _, err := s.Live(ctx, "user-3", now, auth.Page{Limit: 10})
			return err
		}},
		{"a sign-out", func(ctx context.Context) error {
			_, err := s.End(ctx, auth.Selector{UserID: "user-4", SessionID: "session-3"}, auth.ReasonSignedOut, now)
			return err
		}},
		{"a sign-out everywhere", func(ctx context.Context) error {
			_, err := s.End(ctx, auth.Selector{UserID: "user-5"}, auth.ReasonEverywhere, now)
			return err
		}},
		{"a user is found by their address", func(ctx context.Context) error { _, _, err := s.UserByEmail(ctx, "user9@example.com"); return err }},
		{"the history of sign-ins", func(ctx context.Context) error { _, err := s.SignIns(ctx, "user-3"); return err }},
		{"a sign-in is noted", func(ctx context.Context) error {
			return s.AddSignIn(ctx, "user-3", accounts.SignIn{At: now, Times: 1}, nil)
		}},
		{"dead sessions are collected", func(ctx context.Context) error { _, err := s.Collect(ctx, now.Add(-24*time.Hour)); return err }},
	}
}

func ignore(error) error { return nil }

// explain is the plan of a question, in a transaction that is rolled back.
func explain(t *testing.T, pool *pgxpool.Pool, q question) string {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	args := append([]any{pgx.QueryExecModeExec}, strip(q.args)...)
	rows, err := tx.Query(t.Context(), "EXPLAIN (COSTS OFF) "+q.sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", q.sql, err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", q.sql, err)
	}
	return strings.Join(lines, "\n") + "\n"
}

// strip leaves out what tells pgx how to ask.
func strip(args []any) []any {
	for len(args) > 0 {
		switch args[0].(type) {
		case pgx.QueryExecMode, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
			args = args[1:]
			continue
		}
		break
	}
	return args
}
