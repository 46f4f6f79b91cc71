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
)

// Store is an auth.Store in memory. It passes the same suite as the databases,
// so a test that uses it tests the real thing without one.
type Store struct {
	mu       sync.Mutex // held through every method: it is the transaction
	users    map[string]*account
	sessions map[string]*auth.Session // their User holds only the id; see joined
}

var _ auth.Store = (*Store)(nil)

type account struct {
	user         auth.User
	passwordHash string
}

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{users: map[string]*account{}, sessions: map[string]*auth.Session{}}
}

var errDuplicate = errors.New("a row with this key exists")

// begin locks the store, unless the caller has given up.
func (s *Store) begin(ctx context.Context, op string) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	s.mu.Lock()
	return s.mu.Unlock, nil
}

// CreateUser implements auth.UserStore.
func (s *Store) CreateUser(ctx context.Context, u auth.User, passwordHash string) error {
	end, err := s.begin(ctx, "create user")
	if err != nil {
		return err
	}
	defer end()
	if s.users[u.ID] != nil {
		return fmt.Errorf("create user: %w", errDuplicate)
	}
	if s.byEmail(u.Email) != nil {
		return fmt.Errorf("create user: %w", auth.ErrEmailTaken)
	}
	s.users[u.ID] = &account{storedUser(u), passwordHash}
	return nil
}

// UserByEmail implements auth.UserStore.
func (s *Store) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	end, err := s.begin(ctx, "find user")
	if err != nil {
		return auth.User{}, "", err
	}
	defer end()
	a := s.byEmail(email)
	if a == nil {
		return auth.User{}, "", fmt.Errorf("find user: %w", auth.ErrNotFound)
	}
	return storedUser(a.user), a.passwordHash, nil
}

func (s *Store) byEmail(email string) *account {
	for _, a := range s.users {
		if a.user.Email == email {
			return a
		}
	}
	return nil
}

// ReplacePasswordHash implements auth.UserStore.
func (s *Store) ReplacePasswordHash(ctx context.Context, userID, old, new string) error {
	end, err := s.begin(ctx, "replace password hash")
	if err != nil {
		return err
	}
	defer end()
	if a := s.users[userID]; a != nil && a.passwordHash == old {
		a.passwordHash = new
	}
	return nil
}

// UpdateUser implements auth.UserStore.
func (s *Store) UpdateUser(ctx context.Context, userID string, now time.Time, change func(*auth.User) error) ([]auth.Change, error) {
	end, err := s.begin(ctx, "update user")
	if err != nil {
		return nil, err
	}
	defer end()
	a := s.users[userID]
	if a == nil {
		return nil, fmt.Errorf("update user: %w", auth.ErrNotFound)
	}
	u := storedUser(a.user)
	if err := change(&u); err != nil {
		return nil, err
	}
	u = storedUser(u)
	a.user.Name, a.user.Image, a.user.Profile, a.user.MaxSessions, a.user.UpdatedAt = u.Name, u.Image, u.Profile, u.MaxSessions, millis(now)
	var changes []auth.Change
	for _, l := range s.live(userID, now) {
		changes = append(changes, auth.Change{SessionID: l.ID, At: millis(now)})
	}
	return changes, nil
}

// DisableUser implements auth.UserStore.
func (s *Store) DisableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	end, err := s.begin(ctx, "disable user")
	if err != nil {
		return nil, err
	}
	defer end()
	a := s.users[userID]
	if a == nil {
		return nil, fmt.Errorf("disable user: %w", auth.ErrNotFound)
	}
	a.user.DisabledAt, a.user.UpdatedAt = millis(now), millis(now)
	return s.endSelected(auth.Selector{UserID: userID}, reason, now), nil
}

// Changes implements auth.Store.
func (s *Store) Changes(ctx context.Context, since time.Time) ([]auth.Change, error) {
	end, err := s.begin(ctx, "changes")
	if err != nil {
		return nil, err
	}
	defer end()
	since = millis(since)
	var changes []auth.Change
	for _, row := range s.sessions {
		switch u := s.joined(row).User; {
		case !row.EndedAt.IsZero():
			if !row.EndedAt.Before(since) {
				changes = append(changes, auth.Change{SessionID: row.ID, At: row.EndedAt, Ended: row.EndReason})
			}
		case !u.UpdatedAt.Before(since) && u.UpdatedAt.After(u.CreatedAt) && !u.UpdatedAt.Before(row.CreatedAt):
			changes = append(changes, auth.Change{SessionID: row.ID, At: u.UpdatedAt})
		}
	}
	return changes, nil
}

// Collect implements auth.Store.
func (s *Store) Collect(ctx context.Context, before time.Time) (int, error) {
	end, err := s.begin(ctx, "collect sessions")
	if err != nil {
		return 0, err
	}
	defer end()
	before = millis(before)
	n := 0
	for id, row := range s.sessions {
		if row.AbsoluteExpiresAt.Before(before) || !row.EndedAt.IsZero() && row.EndedAt.Before(before) {
			delete(s.sessions, id)
			n++
		}
	}
	return n, nil
}

// Ping implements auth.Store.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// millis is what a database keeps of a time; zero stays zero.
func millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// storedUser is a copy of u that shares nothing with it.
func storedUser(u auth.User) auth.User {
	u.EmailVerifiedAt, u.DisabledAt = millis(u.EmailVerifiedAt), millis(u.DisabledAt)
	u.CreatedAt, u.UpdatedAt = millis(u.CreatedAt), millis(u.UpdatedAt)
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
func (s *Store) joined(row *auth.Session) auth.Session {
	session := *row
	session.TokenHash = bytes.Clone(row.TokenHash)
	session.User = auth.User{}
	if a := s.users[row.User.ID]; a != nil {
		session.User = storedUser(a.user)
	}
	return session
}

// live is the user's live sessions, newest first.
func (s *Store) live(userID string, now time.Time) []auth.Session {
	var live []auth.Session
	for _, row := range s.sessions {
		if row.User.ID == userID && isLive(row, now) {
			live = append(live, s.joined(row))
		}
	}
	slices.SortFunc(live, newestFirst)
	return live
}

func isLive(row *auth.Session, now time.Time) bool {
	now = millis(now)
	return row.EndedAt.IsZero() && now.Before(row.ExpiresAt) && now.Before(row.AbsoluteExpiresAt)
}
