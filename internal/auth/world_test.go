package auth_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
)

const (
	secret   = "a secret of thirty-two bytes, or more"
	password = "seven quiet ships at noon"
)

var strategies = []string{"jwt", "database"}

// both runs a test under each strategy: what it says must hold for both.
func both(t *testing.T, f func(t *testing.T, w *world)) {
	for _, strategy := range strategies {
		t.Run(strategy, func(t *testing.T) { f(t, newWorld(t, strategy)) })
	}
}

// world is one or more instances on one store, and a clock that stands still.
type world struct {
	t     *testing.T
	cfg   auth.Config
	store *spy
	a     *auth.Service // the instance most tests use

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, strategy string) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), store: &spy{Store: authtest.NewStore()}}
	w.cfg = auth.Config{
		Store: w.store, Strategy: strategy, Secrets: []string{secret}, Cookie: authjs.SessionCookie(false),
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute,
		Limit: 3, PasswordMinLength: 15, AuthPath: "/auth", PollKeepsAlive: true,
		Hash: auth.HashParams{MemoryKiB: 8, Passes: 1, Lanes: 1},
		Log:  slog.New(slog.NewTextHandler(io.Discard, nil)), Now: w.clock,
	}
	w.a = w.instance()
	if _, err := w.a.Register(t.Context(), auth.Registration{Name: "Ada", Email: "ada@example.com", Password: password}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// instance starts one more process on the store, with what w.cfg says now.
func (w *world) instance() *auth.Service {
	w.t.Helper()
	s, err := auth.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := s.Sync(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// login signs Ada in. Each login is a millisecond later than the one before.
func (w *world) login(s *auth.Service) auth.Issued {
	w.t.Helper()
	w.wait(time.Millisecond)
	issued, err := s.Login(w.t.Context(), auth.Credentials{Email: "ada@example.com", Password: password})
	if err != nil {
		w.t.Fatalf("Login = %v, want a session", err)
	}
	return issued
}

var (
	look  = auth.Mode{}            // a request that may not touch the cookie
	visit = auth.Mode{Renew: true} // a navigation
)

// want checks what a cookie comes to.
func (w *world) want(s *auth.Service, cookie string, mode auth.Mode, state auth.State, reason auth.Reason) auth.Result {
	w.t.Helper()
	r := s.Authenticate(w.t.Context(), cookie, mode)
	if r.State != state || r.Reason != reason {
		w.t.Errorf("Authenticate = state %d %q (%v), want state %d %q", r.State, r.Reason, r.Err, state, reason)
	}
	return r
}

// spy counts what a store is asked while authenticating, and can be down.
type spy struct {
	auth.Store
	asked atomic.Int64
	down  atomic.Bool
	slow  chan struct{} // when set, Renew waits until it is closed

	readOnly atomic.Bool // Renew fails
	mu       sync.Mutex
	hold     *hold // what the next Find is held by; nil = nothing
}

// hold stops a Find between reading and answering.
type hold struct{ read, release chan struct{} }

func (s *spy) holdFind() *hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = &hold{make(chan struct{}), make(chan struct{})}
	return s.hold
}

var errDown = errors.New("connection refused")

func (s *spy) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	s.asked.Add(1)
	if s.down.Load() {
		return auth.Session{}, errDown
	}
	session, err := s.Store.Find(ctx, key)
	s.mu.Lock()
	held := s.hold
	s.hold = nil
	s.mu.Unlock()
	if held != nil {
		close(held.read)
		<-held.release
	}
	return session, err
}

func (s *spy) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	s.asked.Add(1)
	if s.slow != nil {
		<-s.slow
	}
	if s.down.Load() || s.readOnly.Load() {
		return auth.Session{}, errDown
	}
	return s.Store.Renew(ctx, key, r)
}

func (s *spy) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, []auth.Session) (auth.Plan, error)) ([]auth.Change, error) {
	if s.down.Load() {
		return nil, errDown
	}
	return s.Store.Begin(ctx, userID, now, plan)
}

func (s *spy) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	if s.down.Load() {
		return nil, errDown
	}
	return s.Store.End(ctx, sel, reason, now)
}

func (s *spy) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	if s.down.Load() {
		return auth.User{}, "", errDown
	}
	return s.Store.UserByEmail(ctx, email)
}

func (s *spy) Changes(ctx context.Context, since time.Time) ([]auth.Change, error) {
	if s.down.Load() {
		return nil, errDown
	}
	return s.Store.Changes(ctx, since)
}
