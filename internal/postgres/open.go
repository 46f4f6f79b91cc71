package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/mail"
)

// Store is an auth.Store in a PostgreSQL database.
type Store struct {
	pool     *pgxpool.Pool
	direct   *pgx.ConnConfig // of connections that keep a session: to listen, to migrate
	log      *slog.Logger
	migrated atomic.Bool // the schema has been seen complete; see Ready

	hints         chan struct{} // holds a value while a hint waits to be sent; see hint
	closing, sent chan struct{} // closed by Close, and once the last hint is sent
	mute, deaf    bool          // notifications cannot be sent, do not arrive; see probe

	finder finder // of sessions

	reset      atomic.Int64 // when the pool last was, in Unix nanoseconds; see reconnect
	unprepared atomic.Bool  // connections prepare no statements; see unprepare

	mu     sync.Mutex
	notes  []string
	warned time.Time
}

var (
	_ auth.Store       = (*Store)(nil)
	_ auth.Everybody   = (*Store)(nil)
	_ accounts.Tokens  = (*Store)(nil)
	_ accounts.History = (*Store)(nil)
	_ mail.Store       = (*Store)(nil)
	_ accounts.Store   = (*Store)(nil)
	_ auth.Listener    = (*Store)(nil)
)

const (
	poolSize       = 10 // connections, unless the URL says pool_max_conns
	connectTimeout = 5 * time.Second
)

// Open connects to the database. listenURL is a direct connection to the same
// one, where url goes through a pooler that hands out connections transaction
// by transaction; "" = url. log gets what the operator should know of either;
// nil = slog.Default(). The error says what to do and holds no password.
func Open(ctx context.Context, url, listenURL string, log *slog.Logger) (*Store, error) {
	config, err := parse("DATABASE_URL", url)
	if err != nil {
		return nil, err
	}
	direct, err := parse("DATABASE_LISTEN_URL", cmp.Or(listenURL, url))
	if err != nil {
		return nil, err
	}
	s := &Store{
		direct: direct.ConnConfig, log: cmp.Or(log, slog.Default()),
		hints: make(chan struct{}, 1), closing: make(chan struct{}), sent: make(chan struct{}),
	}
	config.BeforeConnect = s.beforeConnect
	config.ConnConfig.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) {} // a pooler's left-over
	s.pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL cannot be used: %w", err)
	}
	if err := s.pool.Ping(ctx); err != nil {
		s.pool.Close()
		return nil, openError(s.Describe(), err)
	}
	s.probe(ctx)
	go s.sendHints()
	return s, nil
}

// parse reads an address. What it cannot read it does not repeat, nor does it
// pass the driver's error on: where a password breaks the syntax, nobody can
// tell where it ends.
func parse(variable, url string) (*pgxpool.Config, error) {
	if unescaped(url) {
		return nil, fmt.Errorf("%s cannot be read: percent-encode the special characters of the password (@ as %%40, / as %%2F, ? as %%3F, # as %%23), "+
			"as in postgres://user:password@host:5432/database", variable)
	}
	if problem := parameterProblem(url); problem != "" && !namesMissingFile(url) {
		return nil, fmt.Errorf("%s: %s", variable, problem)
	}
	config, err := pgxpool.ParseConfig(url)
	if file, ok := errors.AsType[*fs.PathError](err); ok { // a certificate
		return nil, fmt.Errorf("%s names a file that cannot be read: %w", variable, file)
	}
	if err != nil || strings.ContainsAny(config.ConnConfig.Database, "@/") {
		return nil, fmt.Errorf("%s is no PostgreSQL address: write it as postgres://user:password@host:5432/database, "+
			"with special characters in the password percent-encoded (/ as %%2F)", variable)
	}
	if !hasParameter(url, "pool_max_conns") {
		config.MaxConns = poolSize
	}
	config.ConnConfig.Tracer = tracer{}
	wantPrimary(&config.ConnConfig.Config, url)
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	return config, nil
}

// Name is the kind of database, in words.
func (s *Store) Name() string { return "PostgreSQL" }

// Describe says where the database is.
func (s *Store) Describe() string {
	c := s.pool.Config().ConnConfig
	return fmt.Sprintf("PostgreSQL at %s, database %s", places(c), c.Database)
}

// Ping implements auth.Store.
func (s *Store) Ping(ctx context.Context) error { return Error("ping", s.pool.Ping(ctx)) }

// Pool is the connections, for the tables that your project adds: an error of
// theirs goes through Error.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for running statements and closes the connections.
func (s *Store) Close() {
	close(s.closing)
	<-s.sent
	s.pool.Close()
}
