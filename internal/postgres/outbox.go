package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/mail"
)

// enqueue puts a mail into the outbox, in the transaction of what it tells of.
func enqueue(ctx context.Context, tx pgx.Tx, m mail.Queued) error {
	_, err := tx.Exec(ctx, `INSERT INTO outbox (id, recipient, sealed, created_at, next_try, tries) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ID, m.To, m.Sealed, stamp(m.At), stamp(m.NextTry), m.Tries)
	return err
}

// insertLetters writes letters. A token takes the place of the user's former one of
// its purpose.
func insertLetters(ctx context.Context, tx pgx.Tx, letters []accounts.Letter) error {
	for _, l := range letters {
		if t := l.Token; t != nil {
			_, err := tx.Exec(ctx, `DELETE FROM tokens WHERE user_id = $1 AND purpose = $2 AND ($2 <> $3 OR email = $4)`,
				t.UserID, string(t.Purpose), string(accounts.PurposeUndo), t.Email)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO tokens (hash, purpose, user_id, email, data, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				t.Hash, string(t.Purpose), t.UserID, t.Email, t.Data, stamp(t.CreatedAt), stamp(t.ExpiresAt))
			if err != nil {
				return err
			}
		}
		if l.Mail.ID == "" {
			continue
		}
		if err := enqueue(ctx, tx, l.Mail); err != nil {
			return err
		}
	}
	return nil
}
