package authtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// Spy is a store that counts what it is asked, and can be made to fail, to wait and to answer late.
type Spy struct {
	auth.Store
	Asked    atomic.Int64  // calls of Find and Renew
	Down     atomic.Bool   // everything fails
	ReadOnly atomic.Bool   // Renew fails
	Slow     chan struct{} // when set, Renew waits until it is closed

	mu   sync.Mutex
	hold *Hold // what the next Find is held by; nil = nothing
}

// ErrDown is what a Spy answers while it is down.
var ErrDown = fmt.Errorf("%w: %w", auth.ErrUnavailable, errors.New("connection refused"))

// Hold stops a Find between reading and answering.
type Hold struct{ Read, Release chan struct{} }

// Reached waits until the Find has read. A test whose code never asks fails then,
// and does not hang.
func (h *Hold) Reached(t testing.TB) {
	t.Helper()
	select {
	case <-h.Read:
	case <-time.After(10 * time.Second):
		t.Fatal("in 10 s the database was not asked")
	}
}

// HoldFind has the next Find read, close Read, and wait for Release.
func (s *Spy) HoldFind() *Hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = &Hold{make(chan struct{}), make(chan struct{})}
	return s.hold
}

func (s *Spy) ask() error {
	if s.Down.Load() {
		return ErrDown
	}
	return nil
}

// Find implements auth.Store.
func (s *Spy) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	s.Asked.Add(1)
	if err := s.ask(); err != nil {
		return auth.Session{}, err
	}
	session, err := s.Store.Find(ctx, key)
	s.mu.Lock()
	held := s.hold
	s.hold = nil
	s.mu.Unlock()
	if held != nil {
		close(held.Read)
		<-held.Release
	}
	return session, err
}

// Renew implements auth.Store.
func (s *Spy) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	s.Asked.Add(1)
	if s.Slow != nil {
		<-s.Slow
	}
	if err := s.ask(); err != nil {
		return auth.Session{}, err
	}
	if s.ReadOnly.Load() {
		return auth.Session{}, ErrDown
	}
	return s.Store.Renew(ctx, key, r)
}

// Begin implements auth.Store.
func (s *Spy) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, auth.Lister) (auth.Plan, error)) ([]auth.Change, error) {
	if err := s.ask(); err != nil {
		return nil, err
	}
	return s.Store.Begin(ctx, userID, now, plan)
}

// End implements auth.Store.
func (s *Spy) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	if err := s.ask(); err != nil {
		return nil, err
	}
	return s.Store.End(ctx, sel, reason, now)
}

// Live implements auth.Store.
func (s *Spy) Live(ctx context.Context, userID string, now time.Time, page auth.Page) ([]auth.Session, int, error) {
	if err := s.ask(); err != nil {
		return nil, 0, err
	}
	return s.Store.Live(ctx, userID, now, page)
}

// Changes implements auth.Store.
func (s *Spy) Changes(ctx context.Context, since time.Time) ([]auth.Change, error) {
	if err := s.ask(); err != nil {
		return nil, err
	}
	return s.Store.Changes(ctx, since)
}
