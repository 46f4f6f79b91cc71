package authtest

import (
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// Secret is the AUTH_SECRET of a World.
const Secret = "a secret of thirty-two bytes, or more"

// Strategies are the values of SESSION_STRATEGY.
var Strategies = []string{"jwt", "database"}

// Both runs a test under each strategy, with the cache as it ships, with one that holds two
// sessions, and without one: what it says must hold for all.
func Both(t *testing.T, f func(t *testing.T, w *World)) {
	for _, strategy := range Strategies {
		for name, bytes := range map[string]int{"": 0, ", tiny cache": tinyCache, ", no cache": -1} {
			t.Run(strategy+name, func(t *testing.T) {
				w := NewWorld(t, strategy)
				w.Cfg.CacheBytes = bytes
				w.A = w.Instance()
				f(t, w)
			})
		}
	}
}

// Cached runs a test under each strategy with the cache as it ships: what it says is about
// what the cache saves.
func Cached(t *testing.T, f func(t *testing.T, w *World)) {
	for _, strategy := range Strategies {
		t.Run(strategy, func(t *testing.T) { f(t, NewWorld(t, strategy)) })
	}
}

const tinyCache = 6000 // bytes: two sessions

// World is one or more instances on one store, with Ada in it, and a clock that
// stands still.
type World struct {
	*testing.T
	Cfg   auth.Config
	Store *Spy
	Users *Store        // what the spy looks into
	A     *auth.Service // the instance that most tests use

	mu  sync.Mutex
	now time.Time
}

// NewWorld has a limit of three sessions, which live for a day without activity
// and three at most, and are renewed after five minutes.
func NewWorld(t *testing.T, strategy string) *World {
	t.Helper()
	w := NewWorldOn(t, strategy, NewStore())
	w.AddUser("ada", "Ada")
	return w
}

// NewWorldOn is NewWorld on a store that another package has filled: nobody is
// added.
func NewWorldOn(t *testing.T, strategy string, store *Store) *World {
	t.Helper()
	w := &World{T: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Users: store}
	w.Store = &Spy{Store: w.Users}
	w.Cfg = w.config(strategy)
	w.A = w.Instance()
	return w
}

func (w *World) config(strategy string) auth.Config {
	return auth.Config{
		Store: w.Store, Strategy: strategy, Secrets: []string{Secret}, CookieName: "authjs.session-token",
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute,
		Limit: 3,
		Log:   slog.New(slog.NewTextHandler(io.Discard, nil)), Now: w.Now,
	}
}

// Now is what the clock says.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Wait moves the clock.
func (w *World) Wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Instance starts one more process on the store, with what w.Cfg says now.
func (w *World) Instance() *auth.Service {
	w.Helper()
	s, err := auth.New(w.Cfg)
	if err != nil {
		w.Fatal(err)
	}
	if err := s.Sync(w.Context()); err != nil {
		w.Fatal(err)
	}
	return s
}

// AddUser adds an account.
func (w *World) AddUser(id, name string) {
	w.Helper()
	u := auth.User{ID: id, Email: id + "@example.com", Name: name, CreatedAt: w.Now(), UpdatedAt: w.Now()}
	if err := w.Users.AddUser(w.Context(), u); err != nil {
		w.Fatal(err)
	}
}

// ChangeUser does what an update of an account does: it writes, and has the
// instance told.
func (w *World) ChangeUser(s *auth.Service, id string, change func(*auth.User)) {
	w.Helper()
	var changes []auth.Change
	err := w.Users.Do(w.Context(), "change user", func(t *Tables) error {
		change(t.Users[id])
		t.Users[id].UpdatedAt = w.Now()
		for _, l := range t.Live(id, w.Now()) {
			changes = append(changes, auth.Change{SessionID: l.ID, At: w.Now()})
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	s.Publish(w.Context(), id, changes)
}

// Disable does what disabling an account does.
func (w *World) Disable(s *auth.Service, id string) {
	w.Helper()
	w.ChangeUser(s, id, func(u *auth.User) { u.DisabledAt = w.Now() })
	if _, err := s.End(w.Context(), auth.Selector{UserID: id}, auth.ReasonAdmin); err != nil {
		w.Fatal(err)
	}
}

// Ada is Ada, who has just proved who they are.
var Ada = auth.Login{UserID: "ada", Method: auth.MethodPassword}

// Login signs Ada in. Each login is a millisecond later than the one before.
func (w *World) Login(s *auth.Service) auth.Issued {
	w.Helper()
	w.Wait(time.Millisecond)
	issued, err := s.Begin(w.Context(), Ada)
	if err != nil {
		w.Fatalf("Begin = %v, want a session", err)
	}
	return issued
}

// Two modes that tests need often.
var (
	Look  = auth.Mode{}            // a request that may not touch the cookie
	Visit = auth.Mode{Renew: true} // a navigation
)

// Want checks what a cookie comes to.
func (w *World) Want(s *auth.Service, cookie string, mode auth.Mode, state auth.State, reason auth.Reason) auth.Result {
	w.Helper()
	r := s.Authenticate(w.Context(), cookie, mode)
	if r.State != state || r.Reason != reason {
		w.Errorf("Authenticate = state %d %q (%v), want state %d %q", r.State, r.Reason, r.Err, state, reason)
	}
	return r
}
