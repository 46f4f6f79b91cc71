package accountstest

import (
	"context"
	"maps"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

// Store is the engine's store in memory and an accounts.Store on the same
// users.
type Store struct {
	*authtest.Store
	hashes  map[string]string            // password hashes by user id; guarded by Do
	tokens  map[string]accounts.Token    // by hash; guarded by Do
	signIns map[string][]accounts.SignIn // by user id, the last one first; guarded by Do
	Mail    []mail.Queued                // what was put into the outbox; guarded by Do
}

var (
	_ accounts.Store   = (*Store)(nil)
	_ accounts.Tokens  = (*Store)(nil)
	_ accounts.History = (*Store)(nil)
	_ Backend          = (*Store)(nil)
)

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{Store: authtest.NewStore(), hashes: map[string]string{}, tokens: map[string]accounts.Token{}, signIns: map[string][]accounts.SignIn{}}
}

// CreateUser implements accounts.Store.
func (s *Store) CreateUser(ctx context.Context, u auth.User, passwordHash string, letters ...accounts.Letter) error {
	return s.Do(ctx, "create user", func(t *authtest.Tables) error {
		if byEmail(t, u.Email) != nil && t.Users[u.ID] == nil {
			return accounts.ErrEmailTaken
		}
		if err := t.AddUser(u); err != nil {
			return err
		}
		s.hashes[u.ID], t.Users[u.ID].Credential = passwordHash, auth.CredentialOf(passwordHash)
		s.insertLetters(letters)
		return nil
	})
}

// UserByEmail implements accounts.Store.
func (s *Store) UserByEmail(ctx context.Context, email string) (u auth.User, passwordHash string, err error) {
	err = s.Do(ctx, "find user", func(t *authtest.Tables) error {
		found := byEmail(t, email)
		if found == nil {
			return auth.ErrNotFound
		}
		u, passwordHash = authtest.StoredUser(*found), s.hashes[found.ID]
		u.Credential = "" // is for the plan of Begin alone
		return nil
	})
	return u, passwordHash, err
}

func byEmail(t *authtest.Tables, email string) *auth.User {
	for _, u := range t.Users {
		if u.Email == email {
			return u
		}
	}
	return nil
}

// ReplacePasswordHash implements accounts.Store.
func (s *Store) ReplacePasswordHash(ctx context.Context, userID, old, new string) error {
	return s.Do(ctx, "replace password hash", func(t *authtest.Tables) error {
		if t.Users[userID] != nil && s.hashes[userID] == old {
			s.hashes[userID], t.Users[userID].Credential = new, auth.CredentialOf(new)
		}
		return nil
	})
}

// UpdateUser implements accounts.Store.
func (s *Store) UpdateUser(ctx context.Context, userID string, now time.Time, change func(*accounts.Editable) error) ([]auth.Change, error) {
	var changes []auth.Change
	var changeErr error // is returned as it is
	err := s.Do(ctx, "update user", func(t *authtest.Tables) error {
		row := t.Users[userID]
		if row == nil {
			return auth.ErrNotFound
		}
		if !row.DisabledAt.IsZero() {
			changeErr = auth.ErrDisabled
			return changeErr
		}
		edited := accounts.EditableOf(authtest.StoredUser(*row))
		if changeErr = change(&edited); changeErr != nil {
			return changeErr
		}
		row.Name, row.Image, row.Profile, row.MaxSessions, row.UpdatedAt = edited.Name, edited.Image, edited.Profile, edited.MaxSessions, now
		*row = authtest.StoredUser(*row)
		for _, l := range t.Live(userID, now) {
			changes = append(changes, auth.Change{SessionID: l.ID, At: authtest.Millis(now)})
		}
		return nil
	})
	if changeErr != nil {
		return nil, changeErr
	}
	return changes, err
}

// DisableUser implements accounts.Store.
func (s *Store) DisableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	return s.setDisabled(ctx, "disable user", userID, now, reason, now)
}

// EnableUser implements accounts.Store.
func (s *Store) EnableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	return s.setDisabled(ctx, "enable user", userID, time.Time{}, reason, now)
}

func (s *Store) setDisabled(
	ctx context.Context, op, userID string, disabledAt time.Time, reason auth.Reason, now time.Time,
) (changes []auth.Change, err error) {
	err = s.Do(ctx, op, func(t *authtest.Tables) error {
		row := t.Users[userID]
		if row == nil {
			return auth.ErrNotFound
		}
		row.DisabledAt, row.UpdatedAt = authtest.Millis(disabledAt), authtest.Millis(now)
		changes = t.End(auth.Selector{UserID: userID}, reason, now)
		return nil
	})
	return changes, err
}

// insertLetters writes letters. A token takes the place of the former one of its purpose.
func (s *Store) insertLetters(letters []accounts.Letter) {
	for _, l := range letters {
		if t := l.Token; t != nil {
			maps.DeleteFunc(s.tokens, func(_ string, old accounts.Token) bool { return replaces(*t, old) })
			stored := *t
			stored.CreatedAt, stored.ExpiresAt = authtest.Millis(t.CreatedAt), authtest.Millis(t.ExpiresAt)
			s.tokens[string(t.Hash)] = stored
		}
		if l.Mail.ID != "" {
			s.Mail = append(s.Mail, l.Mail)
		}
	}
}

// replaces reports whether a new token takes the place of an old one.
func replaces(t, old accounts.Token) bool {
	return old.UserID == t.UserID && old.Purpose == t.Purpose && (t.Purpose != accounts.PurposeUndo || old.Email == t.Email)
}
