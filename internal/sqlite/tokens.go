package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// tokenColumns are what scanToken reads, in its order.
const tokenColumns = `hash, purpose, user_id, email, data, created_at, expires_at`

func scanToken(row scanner) (accounts.Token, error) {
	var t accounts.Token
	err := row.Scan(&t.Hash, &t.Purpose, &t.UserID, &t.Email, &t.Data, (*stamp)(&t.CreatedAt), (*stamp)(&t.ExpiresAt))
	return t, err
}

// tokenError is Error for a statement that looks for a token.
func tokenError(op string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", op, accounts.ErrToken)
	}
	return Error(op, err)
}

// Send implements accounts.Tokens.
func (s *Store) Send(ctx context.Context, letters ...accounts.Letter) error {
	return Error("send letters", s.inTx(ctx, func(tx *sql.Tx) error {
		for _, l := range letters {
			if l.Token == nil {
				continue
			}
			if _, err := lockUser(ctx, tx, l.Token.UserID); err != nil {
				return err
			}
		}
		return insertLetters(ctx, tx, letters)
	}))
}

// FindToken implements accounts.Tokens.
func (s *Store) FindToken(ctx context.Context, hash []byte, purpose accounts.Purpose, now time.Time) (accounts.Token, error) {
	t, err := scanToken(s.reader.QueryRowContext(ctx, `
		SELECT `+tokenColumns+` FROM tokens WHERE hash = $1 AND purpose = $2 AND expires_at > $3`, hash, string(purpose), moment(now)))
	return t, tokenError("find token", err)
}

// SpendToken implements accounts.Tokens.
func (s *Store) SpendToken(
	ctx context.Context, hash []byte, purpose accounts.Purpose, now time.Time, plan func(auth.User, accounts.Token) (accounts.Change, error),
) ([]auth.Change, error) {
	return s.changeAccount(ctx, "spend token", now, func(tx *sql.Tx) (auth.User, func() (accounts.Change, error), error) {
		u, err := lockUserOf(ctx, tx, hash)
		if err != nil {
			return auth.User{}, nil, err
		}
		// What is spent is this one statement's to say: of two that have waited for the
		// lock, the second finds nothing.
		t, err := scanToken(tx.QueryRowContext(ctx, `
			DELETE FROM tokens WHERE hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING `+tokenColumns, hash, string(purpose), moment(now)))
		if errors.Is(err, sql.ErrNoRows) {
			err = accounts.ErrToken
		}
		return u, func() (accounts.Change, error) { return plan(u, t) }, err
	})
}

// lockUserOf is lockUser for the user of a token. The user's row is locked before their
// tokens are touched, as by every other change: two changes never wait for each other in
// a circle.
func lockUserOf(ctx context.Context, tx *sql.Tx, hash []byte) (auth.User, error) {
	var userID string
	err := tx.QueryRowContext(ctx, `SELECT user_id FROM tokens WHERE hash = $1`, hash).Scan(&userID)
	var u auth.User
	if err == nil {
		u, err = lockUser(ctx, tx, userID)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = accounts.ErrToken
	}
	return u, err
}

// ChangeAccount implements accounts.Tokens.
func (s *Store) ChangeAccount(ctx context.Context, userID string, now time.Time, plan func(auth.User) (accounts.Change, error)) ([]auth.Change, error) {
	return s.changeAccount(ctx, "change account", now, func(tx *sql.Tx) (auth.User, func() (accounts.Change, error), error) {
		u, err := lockUser(ctx, tx, userID)
		return u, func() (accounts.Change, error) { return plan(u) }, err
	})
}

// CollectTokens implements accounts.Tokens.
func (s *Store) CollectTokens(ctx context.Context, before time.Time) (int, error) {
	result, err := s.writer.ExecContext(ctx, `DELETE FROM tokens WHERE expires_at < $1`, moment(before))
	if err != nil {
		return 0, Error("collect tokens", err)
	}
	n, err := result.RowsAffected()
	return int(n), Error("collect tokens", err)
}
