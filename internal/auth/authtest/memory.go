package authtest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
)

// Store is an auth.Store in memory. It passes the same suite as the databases,
// so a test that uses it tests the real thing without one.
type Store struct {
	mu     sync.Mutex // held through every method: it is the transaction
	tables Tables
}

// Tables are what the Store holds. The stores in memory of other packages, which
// know more of a user, work on them inside Do.
type Tables struct {
	Users    map[string]*auth.User    // by id
	sessions map[string]*auth.Session // by id; their User holds only the id, see joined
}

var (
	_ auth.Store = (*Store)(nil)
	_ Backend    = (*Store)(nil)
)

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{tables: Tables{Users: map[string]*auth.User{}, sessions: map[string]*auth.Session{}}}
}

var errDuplicate = errors.New("a row with this key exists")

// Do runs a transaction, unless the caller has given up. Its error has the
// operation's name in front.
func (s *Store) Do(ctx context.Context, op string, do func(*Tables) error) error {
	dbtrace.Add(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w: %w", op, auth.ErrUnavailable, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := do(&s.tables); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// AddUser implements Backend.
func (s *Store) AddUser(ctx context.Context, u auth.User) error {
	return s.Do(ctx, "add user", func(t *Tables) error { return t.AddUser(u) })
}

// AddUser adds an account, unless its id is taken.
func (t *Tables) AddUser(u auth.User) error {
	if t.Users[u.ID] != nil {
		return errDuplicate
	}
	t.Users[u.ID] = new(StoredUser(u))
	return nil
}

// Changes implements auth.Store.
func (s *Store) Changes(ctx context.Context, since time.Time) (changes []auth.Change, err error) {
	since = Millis(since)
	err = s.Do(ctx, "changes", func(t *Tables) error {
		for _, row := range t.sessions {
			switch u := t.joined(row).User; {
			case !row.EndedAt.IsZero():
				if !row.EndedAt.Before(since) {
					changes = append(changes, auth.Change{SessionID: row.ID, At: row.EndedAt, Ended: row.EndReason})
				}
			case !u.UpdatedAt.Before(since) && u.UpdatedAt.After(u.CreatedAt) && !u.UpdatedAt.Before(row.CreatedAt):
				changes = append(changes, auth.Change{SessionID: row.ID, At: u.UpdatedAt})
			}
		}
		return nil
	})
	return changes, err
}

// Collect implements auth.Store.
func (s *Store) Collect(ctx context.Context, before time.Time) (n int, err error) {
	before = Millis(before)
	err = s.Do(ctx, "collect sessions", func(t *Tables) error {
		for id, row := range t.sessions {
			if row.AbsoluteExpiresAt.Before(before) || !row.EndedAt.IsZero() && row.EndedAt.Before(before) {
				delete(t.sessions, id)
				n++
			}
		}
		return nil
	})
	return n, err
}

// Ping implements auth.Store.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// Millis is what a database keeps of a time; zero stays zero.
func Millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// StoredUser is a copy of u as a database keeps it, which shares nothing with u.
func StoredUser(u auth.User) auth.User {
	u.EmailVerifiedAt, u.DisabledAt = Millis(u.EmailVerifiedAt), Millis(u.DisabledAt)
	u.CreatedAt, u.UpdatedAt = Millis(u.CreatedAt), Millis(u.UpdatedAt)
	if u.MaxSessions != nil {
		u.MaxSessions = new(*u.MaxSessions)
	}
	u.Profile.Roles = slices.Clone(u.Profile.Roles)
	return u
}

func newestFirst(a, b auth.Session) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}

// joined is a copy of a row with its user, as a caller gets it.
func (t *Tables) joined(row *auth.Session) auth.Session {
	session := *row
	session.TokenHash = bytes.Clone(row.TokenHash)
	session.User = auth.User{}
	if u := t.Users[row.User.ID]; u != nil {
		session.User = StoredUser(*u)
		session.User.Credential = "" // is for the plan of Begin alone
	}
	return session
}

// Live is the user's live sessions, newest first.
func (t *Tables) Live(userID string, now time.Time) []auth.Session {
	var live []auth.Session
	for _, row := range t.sessions {
		if row.User.ID == userID && isLive(row, now) {
			live = append(live, t.joined(row))
		}
	}
	slices.SortFunc(live, newestFirst)
	return live
}

func isLive(row *auth.Session, now time.Time) bool {
	now = Millis(now)
	return row.EndedAt.IsZero() && now.Before(row.ExpiresAt) && now.Before(row.AbsoluteExpiresAt)
}
