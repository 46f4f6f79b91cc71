package authtest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// noon is the time at which the checks begin. A store never looks at a clock,
// so it may as well stand still.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return noon.Add(d) }

// fixture is one check's store, and short words for what checks do with it.
type fixture struct {
	*testing.T
	store auth.Store
	made  int
}

// unique returns a text that this check has not seen.
func (f *fixture) unique(prefix string) string {
	f.made++
	return fmt.Sprintf("%s-%d", prefix, f.made)
}

// user signs someone up at noon.
func (f *fixture) user(with ...func(*auth.User)) auth.User {
	f.Helper()
	id := f.unique("user")
	u := auth.User{ID: id, Email: id + "@example.com", CreatedAt: noon, UpdatedAt: noon}
	for _, set := range with {
		set(&u)
	}
	f.ok(f.store.CreateUser(f.Context(), u, "hash of "+id))
	return u
}

// fresh is a session to be, begun at t, of an hour, a day at most.
func (f *fixture) fresh(u auth.User, t time.Time) auth.Session {
	id := f.unique("session")
	return auth.Session{
		ID: id, User: u, TokenHash: []byte("token of " + id),
		CreatedAt: t, AuthenticatedAt: t, LastSeenAt: t, ExpiresAt: t.Add(time.Hour), AbsoluteExpiresAt: t.Add(24 * time.Hour),
		IP: "2001:db8::7", UserAgent: "Browser/1.0",
	}
}

// login begins a session at t that makes no room.
func (f *fixture) login(u auth.User, t time.Time) auth.Session {
	f.Helper()
	s := f.fresh(u, t)
	f.write(s)
	return s
}

// write begins the session as it is given.
func (f *fixture) write(s auth.Session, end ...auth.Ending) []auth.Change {
	f.Helper()
	changes, err := f.store.Begin(f.Context(), s.User.ID, s.CreatedAt, planOf(auth.Plan{End: end, New: s}))
	f.ok(err)
	return changes
}

func planOf(p auth.Plan) func(auth.User, []auth.Session) (auth.Plan, error) {
	return func(auth.User, []auth.Session) (auth.Plan, error) { return p, nil }
}

// find returns the row of the session with this id.
func (f *fixture) find(id string) auth.Session {
	f.Helper()
	s, err := f.store.Find(f.Context(), auth.Key{ID: id})
	f.ok(err)
	return s
}

// wantLive checks which of a user's sessions are live at t, newest first.
func (f *fixture) wantLive(u auth.User, t time.Time, want ...auth.Session) {
	f.Helper()
	got, err := f.store.Live(f.Context(), u.ID, t)
	f.ok(err)
	f.wantIDs("Live", idsOf(got), want...)
}

func (f *fixture) wantIDs(what string, got []string, want ...auth.Session) {
	f.Helper()
	if !slices.Equal(got, idsOf(want)) {
		f.Errorf("%s = %q, want %q", what, got, idsOf(want))
	}
}

// wantChanges checks a set of changes, in any order, also for duplicates.
func (f *fixture) wantChanges(what string, got []auth.Change, want ...auth.Change) {
	f.Helper()
	byID := func(a, b auth.Change) int { return strings.Compare(a.SessionID, b.SessionID) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	if !slices.Equal(got, want) {
		f.Errorf("%s = %v, want %v", what, got, want)
	}
}

func (f *fixture) wantEqual(what string, got, want any) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Errorf("%s =\n%+v, want\n%+v", what, got, want)
	}
}

func (f *fixture) wantError(what string, got, want error) {
	f.Helper()
	if !errors.Is(got, want) {
		f.Errorf("%s = error %v, want %v", what, got, want)
	}
}

func (f *fixture) ok(err error) {
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
