package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"latchkey/internal/authjs"
)

// Config is what a Service is made of.
type Config struct {
	Store    Store
	Strategy string        // "jwt" or "database"
	Secrets  []string      // AUTH_SECRET, newest first; at least one
	Cookie   authjs.Cookie // the session cookie; its name is the salt of the JWT's key

	MaxAge         time.Duration // how long a session lives without a renewal; slides
	AbsoluteMaxAge time.Duration // how long a session lives at most
	RenewAfter     time.Duration // age of the last validation at which the database is asked again; 0 = always
	Limit          int           // concurrent sessions of one user; 0 = no limit
	Policy         Policy        // what a login over the limit does; "" = Evict

	AuthPath       string // where the session endpoints live, such as "/auth"; requests below it may renew
	PollKeepsAlive bool   // a poll of AuthPath/session counts as activity; false = the idle timeout works under polling (ASVS 7.3.1)

	Watches        int // most watches at once, see Watch; 0 = 5,000, for which a process needs about 200 MB
	WatchesPerUser int // most watches of one user; 0 = 20

	SiteName          string     // refused as a password; "" = none
	PasswordMinLength int        // in characters
	Hash              HashParams // zero = OWASPHash

	Log *slog.Logger     // nil = slog.Default()
	Now func() time.Time // nil = time.Now
}

// Service is who is logged in: it registers, logs in, authenticates, renews
// and ends. It is safe for concurrent use. Its methods return the errors of
// this package; anything else the database says becomes ErrUnavailable.
type Service struct {
	cfg     Config
	own     Strategy // the one in force: issues cookies
	other   Strategy // the one that may have been in force before: only reads
	view    *View
	watches *watchBoard
	recent  *cache
	hasher  *Hasher
	proofs  limitProofs
	flights singleflight.Group
}

// New returns a Service. Call Run to keep it in step with other instances.
func New(cfg Config) (*Service, error) {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	cfg.Hash = cmp.Or(cfg.Hash, OWASPHash)
	cfg.Policy = cmp.Or(cfg.Policy, Evict)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	jwt, err := NewJWT(cfg.Cookie.Name, cfg.Secrets...)
	if err != nil {
		return nil, err
	}
	proofs, err := newLimitProofs(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	watches := newWatchBoard(cmp.Or(cfg.Watches, 5000), cmp.Or(cfg.WatchesPerUser, 20))
	s := &Service{
		cfg: cfg, view: newView(cfg.RenewAfter, cfg.Now, watches.heard), watches: watches, recent: newCache(),
		hasher: NewHasher(cfg.Hash), proofs: proofs,
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

// Limit is the site's limit on concurrent sessions and what happens at it.
func (s *Service) Limit() (int, Policy) { return s.cfg.Limit, s.cfg.Policy }

// Sync asks the database once what ended recently. Until it has succeeded,
// every request asks the database.
func (s *Service) Sync(ctx context.Context) error {
	return storeError("sync the view", s.view.Sync(ctx, s.cfg.Store))
}

// Run keeps the view true and removes dead rows until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.view.run(ctx, s.cfg.Store, s.cfg.Log) })
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
		s.recent.purge(s.Now().Add(-s.cfg.RenewAfter))
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

// event logs a security event by its name in the OWASP logging vocabulary.
// Request id and client address come from the context's log handler.
func (s *Service) event(ctx context.Context, name, userID, sessionID string, more ...any) {
	args := []any{"event", name, "user", userID}
	if sessionID != "" {
		args = append(args, "session", logID(sessionID))
	}
	s.cfg.Log.InfoContext(ctx, "security", append(args, more...)...)
}

// logID stands for a session in logs, which are read by more people than the
// database is (OWASP Session Management: log a hash of the id).
func logID(sessionID string) string {
	sum := sha256.Sum256([]byte(sessionID))
	return hex.EncodeToString(sum[:6])
}

// reader returns the strategy that made the cookie: a JWE has exactly four
// dots, an opaque token none.
func (s *Service) reader(value string) Strategy {
	made := "database"
	if strings.Count(value, ".") == 4 {
		made = "jwt"
	}
	if s.own.Name() == made {
		return s.own
	}
	return s.other
}

// prove reads a cookie of either kind. One of the kind not in force is only
// told where to look: it is never believed by itself.
func (s *Service) prove(value string, now time.Time) (Proof, error) {
	made := s.reader(value)
	p, err := made.Prove(value, now)
	if err != nil {
		return Proof{}, err
	}
	if made != s.own {
		p.Foreign = true
		p.Session = Session{}
	}
	return p, nil
}

// isExpired reports whether a cookie was refused only for its age.
func isExpired(err error) bool { return errors.Is(err, authjs.ErrExpired) }
