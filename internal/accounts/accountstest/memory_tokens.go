package accountstest

import (
	"context"
	"maps"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// Send implements accounts.Tokens.
func (s *Store) Send(ctx context.Context, letters ...accounts.Letter) error {
	return s.Do(ctx, "send letters", func(t *authtest.Tables) error {
		for _, l := range letters {
			if l.Token != nil && t.Users[l.Token.UserID] == nil {
				return auth.ErrNotFound
			}
		}
		s.insertLetters(letters)
		return nil
	})
}

// FindToken implements accounts.Tokens.
func (s *Store) FindToken(ctx context.Context, hash []byte, purpose accounts.Purpose, now time.Time) (token accounts.Token, err error) {
	err = s.Do(ctx, "find token", func(*authtest.Tables) error {
		token = s.tokens[string(hash)]
		if token.Purpose != purpose || !token.ExpiresAt.After(authtest.Millis(now)) {
			token = accounts.Token{}
			return accounts.ErrToken
		}
		return nil
	})
	return token, err
}

// SpendToken implements accounts.Tokens.
func (s *Store) SpendToken(
	ctx context.Context, hash []byte, purpose accounts.Purpose, now time.Time, plan func(auth.User, accounts.Token) (accounts.Change, error),
) ([]auth.Change, error) {
	var changes []auth.Change
	var refusal error // is returned as it is
	err := s.Do(ctx, "spend token", func(t *authtest.Tables) error {
		token, found := s.tokens[string(hash)]
		if !found || token.Purpose != purpose || !token.ExpiresAt.After(authtest.Millis(now)) {
			return accounts.ErrToken
		}
		row := t.Users[token.UserID]
		change, err := plan(authtest.StoredUser(*row), token)
		if refusal = err; err != nil {
			return err
		}
		delete(s.tokens, string(hash))
		if changes, err = s.carryOut(t, row, change, now); err != nil {
			s.tokens[string(hash)] = token
		}
		return err
	})
	if refusal != nil {
		return nil, refusal
	}
	return changes, err
}

// ChangeAccount implements accounts.Tokens.
func (s *Store) ChangeAccount(ctx context.Context, userID string, now time.Time, plan func(auth.User) (accounts.Change, error)) ([]auth.Change, error) {
	var changes []auth.Change
	var refusal error // is returned as it is
	err := s.Do(ctx, "change account", func(t *authtest.Tables) error {
		row := t.Users[userID]
		if row == nil {
			return auth.ErrNotFound
		}
		change, err := plan(authtest.StoredUser(*row))
		if refusal = err; err != nil {
			return err
		}
		changes, err = s.carryOut(t, row, change, now)
		return err
	})
	if refusal != nil {
		return nil, refusal
	}
	return changes, err
}

// carryOut does a change. What can fail comes first: there is nothing that rolls back.
func (s *Store) carryOut(t *authtest.Tables, row *auth.User, c accounts.Change, now time.Time) ([]auth.Change, error) {
	if other := byEmail(t, c.Email); c.Email != "" && other != nil && other != row {
		return nil, accounts.ErrEmailTaken
	}
	if c.PasswordHash != "" {
		s.hashes[row.ID], row.Credential = c.PasswordHash, auth.CredentialOf(c.PasswordHash)
	}
	if c.NoPassword {
		s.hashes[row.ID], row.Credential = "", ""
	}
	if c.Email != "" {
		row.Email = c.Email
	}
	if !c.VerifiedAt.IsZero() {
		row.EmailVerifiedAt = authtest.Millis(c.VerifiedAt)
	}
	if c.Writes() {
		row.UpdatedAt = authtest.Millis(now)
	}
	if c.Voids() {
		maps.DeleteFunc(s.tokens, func(_ string, t accounts.Token) bool {
			return t.UserID == row.ID && (t.Purpose != accounts.PurposeUndo || c.VoidUndo || c.Delete)
		})
	}
	var changes []auth.Change
	if c.End != "" {
		changes = t.End(auth.Selector{UserID: row.ID, Except: c.Except}, c.End, now)
	}
	for _, l := range t.Live(row.ID, now) {
		changes = append(changes, auth.Change{SessionID: l.ID, At: authtest.Millis(now)})
	}
	s.insertLetters(c.Letters)
	if c.Delete {
		delete(t.Users, row.ID)
		delete(s.hashes, row.ID)
		delete(s.signIns, row.ID)
	}
	return changes, nil
}

// CollectTokens implements accounts.Tokens.
func (s *Store) CollectTokens(ctx context.Context, before time.Time) (n int, err error) {
	err = s.Do(ctx, "collect tokens", func(*authtest.Tables) error {
		for hash, t := range s.tokens {
			if t.ExpiresAt.Before(authtest.Millis(before)) {
				delete(s.tokens, hash)
				n++
			}
		}
		return nil
	})
	return n, err
}
