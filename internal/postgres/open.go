package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"latchkey/internal/auth"
)

// Store is an auth.Store in a PostgreSQL database.
type Store struct {
	pool     *pgxpool.Pool
	listen   *pgx.ConnConfig // of the connection that listens: not the pool's
	migrated atomic.Bool     // the schema has been seen complete; see Ready
}

var (
	_ auth.Store    = (*Store)(nil)
	_ auth.Listener = (*Store)(nil)
)

const (
	poolSize       = 10 // connections, unless the URL says pool_max_conns
	connectTimeout = 5 * time.Second
)

// Open connects to the database. listenURL is a direct connection to the same
// one, where url goes through a pooler that hands out connections transaction
// by transaction; "" = url. The error says what to do and holds no password.
func Open(ctx context.Context, url, listenURL string) (*Store, error) {
	if listenURL == "" {
		listenURL = url
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL is no PostgreSQL address: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = poolSize
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	listen, err := pgx.ParseConfig(withoutPoolSettings(listenURL))
	if err != nil {
		return nil, fmt.Errorf("DATABASE_LISTEN_URL is no PostgreSQL address: %w", err)
	}
	listen.ConnectTimeout = connectTimeout
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL cannot be used: %w", err)
	}
	s := &Store{pool: pool, listen: listen}
	if err := s.Ping(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("cannot reach %s: %w: is it running? check DATABASE_URL", s.Describe(), err)
	}
	return s, nil
}

// withoutPoolSettings drops what only a pool understands: the server would
// refuse it as an unknown parameter.
func withoutPoolSettings(url string) string {
	base, query, found := strings.Cut(url, "?")
	if !found {
		return url
	}
	var kept []string
	for _, setting := range strings.Split(query, "&") {
		if !strings.HasPrefix(setting, "pool_") {
			kept = append(kept, setting)
		}
	}
	return base + "?" + strings.Join(kept, "&")
}

// Name is the kind of database, in words.
func (s *Store) Name() string { return "PostgreSQL" }

// Describe says where the database is.
func (s *Store) Describe() string {
	c := s.pool.Config().ConnConfig
	return fmt.Sprintf("PostgreSQL at %s:%d, database %s", c.Host, c.Port, c.Database)
}

// Ping implements auth.Store.
func (s *Store) Ping(ctx context.Context) error { return failed("ping", s.pool.Ping(ctx)) }

// Close waits for running statements and closes the connections.
func (s *Store) Close() { s.pool.Close() }
