package authtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// Noon is the time at which the checks begin. A store never looks at a clock,
// so it may as well stand still.
var Noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// At is d after Noon.
func At(d time.Duration) time.Time { return Noon.Add(d) }

// Backend is a store under test, with the one thing that the engine expects to
// find in a database and never does itself.
type Backend interface {
	auth.Store
	auth.Everybody
	// AddUser adds an account.
	AddUser(ctx context.Context, u auth.User) error
}

// Fixture is the store of one check, with short words for what checks do with
// it. The suites of other packages build on it.
type Fixture struct {
	*testing.T
	Store Backend
	made  int
}

// Unique returns a text that this check has not seen.
func (f *Fixture) Unique(prefix string) string {
	f.made++
	return fmt.Sprintf("%s-%d", prefix, f.made)
}

// User adds an account at Noon.
func (f *Fixture) User(with ...func(*auth.User)) auth.User {
	f.Helper()
	id := f.Unique("user")
	u := auth.User{ID: id, Email: id + "@example.com", CreatedAt: Noon, UpdatedAt: Noon}
	for _, set := range with {
		set(&u)
	}
	f.Ok(f.Store.AddUser(f.Context(), u))
	return u
}

// Fresh is a session to be, begun at t, of an hour, a day at most.
func (f *Fixture) Fresh(u auth.User, t time.Time) auth.Session {
	id := f.Unique("session")
	return auth.Session{
		ID: id, User: u, TokenHash: []byte("token of " + id), Method: auth.MethodPassword,
		CreatedAt: t, AuthenticatedAt: t, LastSeenAt: t, ExpiresAt: t.Add(time.Hour), AbsoluteExpiresAt: t.Add(24 * time.Hour),
		IP: "2001:db8::7", UserAgent: "Browser/1.0",
	}
}

// Login begins a session at t that makes no room.
func (f *Fixture) Login(u auth.User, t time.Time) auth.Session {
	f.Helper()
	s := f.Fresh(u, t)
	f.Write(s)
	return s
}

// Write begins the session as it is given.
func (f *Fixture) Write(s auth.Session, end ...auth.Ending) []auth.Change {
	f.Helper()
	changes, err := f.Store.Begin(f.Context(), s.User.ID, s.CreatedAt, planOf(auth.Plan{End: end, New: s}))
	f.Ok(err)
	return changes
}

func planOf(p auth.Plan) func(auth.User, auth.Lister) (auth.Plan, error) {
	return func(auth.User, auth.Lister) (auth.Plan, error) { return p, nil }
}

// Find returns the row of the session with this id.
func (f *Fixture) Find(id string) auth.Session {
	f.Helper()
	s, err := f.Store.Find(f.Context(), auth.Key{ID: id})
	f.Ok(err)
	return s
}

// Everything is a page that all sessions of a check fit.
var Everything = auth.Page{Limit: 10_000}

// Live returns a user's sessions that are live at t, newest first.
func (f *Fixture) Live(u auth.User, t time.Time) []auth.Session {
	f.Helper()
	list, total, err := f.Store.Live(f.Context(), u.ID, t, Everything)
	f.Ok(err)
	f.WantEqual("the total of Live", total, len(list))
	return list
}

// WantLive checks which of a user's sessions are live at t, newest first.
func (f *Fixture) WantLive(u auth.User, t time.Time, want ...auth.Session) {
	f.Helper()
	f.WantIDs("Live", idsOf(f.Live(u, t)), want...)
}

// WantIDs checks a list of session ids, in order.
func (f *Fixture) WantIDs(what string, got []string, want ...auth.Session) {
	f.Helper()
	if !slices.Equal(got, idsOf(want)) {
		f.Errorf("%s = %q, want %q", what, got, idsOf(want))
	}
}

// WantChanges checks a set of changes, in any order, also for duplicates.
func (f *Fixture) WantChanges(what string, got []auth.Change, want ...auth.Change) {
	f.Helper()
	byID := func(a, b auth.Change) int { return strings.Compare(a.SessionID, b.SessionID) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	if !slices.Equal(got, want) {
		f.Errorf("%s = %v, want %v", what, got, want)
	}
}

// WantEqual compares deeply.
func (f *Fixture) WantEqual(what string, got, want any) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Errorf("%s =\n%+v, want\n%+v", what, got, want)
	}
}

// WantError checks with errors.Is.
func (f *Fixture) WantError(what string, got, want error) {
	f.Helper()
	if !errors.Is(got, want) {
		f.Errorf("%s = error %v, want %v", what, got, want)
	}
}

// Ok fails the check at once if there is an error.
func (f *Fixture) Ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func idsOf(sessions []auth.Session) []string {
	ids := make([]string, 0, len(sessions))
	for _, s := range sessions {
		ids = append(ids, s.ID)
	}
	return ids
}

// ended is the change that ending s at t brings.
func ended(s auth.Session, t time.Time, reason auth.Reason) auth.Change {
	return auth.Change{SessionID: s.ID, At: t, Ended: reason}
}
