package auth

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Config is what a Service is made of.
type Config struct {
	Store      Store
	Strategy   string   // "jwt" or "database"
	Secrets    []string // AUTH_SECRET, newest first; at least one
	CookieName string   // of the session cookie: the salt of the JWT's key

	MaxAge         time.Duration // how long a session lives without a renewal; slides
	AbsoluteMaxAge time.Duration // how long a session lives at most
	RenewAfter     time.Duration // age of the last validation at which the database is asked again; 0 = always
	CacheBytes     int           // about how much memory the sessions take that are remembered between requests; 0 = DefaultCacheBytes, negative = none are
	MaxCookieBytes int           // most bytes that a session may take of an answer's header; 0 = DefaultMaxCookieBytes
	Limit          int           // concurrent sessions of one user; 0 = no limit
	Policy         Policy        // what a login over the limit does; "" = Evict

	Watches        int // most watches at once, see Watch; 0 = 5,000, for which a process needs about 200 MB
	WatchesPerUser int // most watches of one user; 0 = 20

	Events Events           // takes note of security events; nil = LogEvents(Log)
	Log    *slog.Logger     // nil = slog.Default()
	Now    func() time.Time // nil = time.Now
}

// DefaultMaxCookieBytes leaves a kilobyte of the 4 kB that nginx, as it is installed, takes
// for all headers of an answer (proxy_buffer_size): our pages send 800 bytes of others.
const DefaultMaxCookieBytes = 3 << 10

// Service is the session engine: it begins, authenticates, renews and ends
// sessions. It is safe for concurrent use. Its methods return the errors of this
// package.
type Service struct {
	cfg           Config
	own           Strategy // the one in force: issues cookies
	other         Strategy // the one that may have been in force before: only reads
	endings       *Endings
	watches       *watchBoard
	cache         *cache
	confirmations confirmations
	companions    signer
	flights       singleflight.Group
	told          *seldom // of events that would come with every request
	renewals      atomic.Uint64
}

// New returns a Service. Call Run to keep it in step with other instances.
func New(cfg Config) (*Service, error) {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	cfg.Policy = cmp.Or(cfg.Policy, PolicyEvict)
	cfg.CacheBytes = cmp.Or(cfg.CacheBytes, DefaultCacheBytes)
	cfg.MaxCookieBytes = cmp.Or(cfg.MaxCookieBytes, DefaultMaxCookieBytes)
	if cfg.Events == nil {
		cfg.Events = LogEvents(cfg.Log)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	jwt, err := NewJWT(cfg.CookieName, cfg.Secrets...)
	if err != nil {
		return nil, err
	}
	confirmations, err := newConfirmations(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	companions, err := newSigner("session cookie companion", cfg.Secrets)
	if err != nil {
		return nil, err
	}
	watches := newWatchBoard(cmp.Or(cfg.Watches, 5000), cmp.Or(cfg.WatchesPerUser, 20))
	s := &Service{
		cfg: cfg, endings: newEndings(cfg.RenewAfter, cfg.Now, watches.notify), watches: watches, cache: newCache(cfg.CacheBytes), told: newSeldom(),
		confirmations: confirmations, companions: companions,
	}
	switch database := NewDatabase(cfg.Secrets[0]); cfg.Strategy {
	case jwt.Name():
		s.own, s.other = jwt, database
	case database.Name():
		s.own, s.other = database, jwt
	default:
		return nil, fmt.Errorf("unknown session strategy %q", cfg.Strategy)
	}
	return s, nil
}

// Strategy is the strategy in force.
func (s *Service) Strategy() string { return s.own.Name() }

// LimitOf is how many sessions a user may have: their own limit, else the site's; 0 = any
// number.
func (s *Service) LimitOf(u User) int {
	if u.MaxSessions != nil {
		return max(0, *u.MaxSessions)
	}
	return s.cfg.Limit
}

// Policy is what happens at the limit.
func (s *Service) Policy() Policy { return s.cfg.Policy }

// Sync asks the database once what ended recently. Until it has succeeded,
// every request asks the database.
func (s *Service) Sync(ctx context.Context) error {
	return wrap("load what ended recently", s.endings.Sync(ctx, s.cfg.Store))
}

// Run keeps this instance up to date on ended sessions and removes dead rows,
// until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.endings.run(ctx, s.cfg.Store, s.cfg.Log) })
	wg.Go(func() { s.collect(ctx) })
}

const (
	collectInterval = time.Minute
	collectTimeout  = 30 * time.Second // a database that does not answer must not stop the rounds
	// TombstoneLife is how long an ended session's row stays, so that a late
	// request can be told why it was signed out.
	TombstoneLife = 24 * time.Hour
)

// collect removes tombstones and forgotten sessions, about once a minute.
func (s *Service) collect(ctx context.Context) {
	jitter := rand.N(collectInterval / 4) // instances started together do not collect together
	every(ctx, collectInterval+jitter, func() {
		s.cache.purge(s.Now().Add(-s.cfg.RenewAfter))
		bounded, cancel := context.WithTimeout(ctx, collectTimeout)
		defer cancel()
		n, err := s.cfg.Store.Collect(bounded, s.Now().Add(-TombstoneLife))
		switch {
		case err != nil && ctx.Err() == nil:
			s.cfg.Log.WarnContext(ctx, "collecting dead sessions failed; the next round tries again", "error", err)
		case n > 0:
			s.cfg.Log.DebugContext(ctx, "collected dead sessions", "rows", n)
		}
	})
}

// Now is the clock that sessions live by, in the precision that stores keep.
func (s *Service) Now() time.Time { return s.cfg.Now().UTC().Truncate(time.Millisecond) }

// Record takes note of an event that the engine does not see, such as a request that a page
// refuses.
func (s *Service) Record(ctx context.Context, e Event) { s.cfg.Events.Record(ctx, e) }

func (s *Service) record(ctx context.Context, name, userID, sessionID string, details ...any) {
	s.cfg.Events.Record(ctx, Event{Name: name, UserID: userID, SessionID: sessionID, Details: details})
}

// strategyOf returns the strategy that made the cookie: a JWE has exactly four
// dots, an opaque token none.
func (s *Service) strategyOf(value string) Strategy {
	name := "database"
	if strings.Count(value, ".") == 4 {
		name = "jwt"
	}
	if s.own.Name() == name {
		return s.own
	}
	return s.other
}

// decode reads a cookie of either kind. One of the kind not in force only says
// where to look: it is never believed by itself.
func (s *Service) decode(value string, now time.Time) (Decoded, error) {
	strategy := s.strategyOf(value)
	d, err := strategy.Decode(value, now)
	if err != nil {
		return Decoded{}, err
	}
	if strategy != s.own {
		d.Foreign = true
		d.Session = Session{}
	}
	return d, nil
}
