package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"latchkey/internal/mail"
)

// mailColumns are what scanMail reads, in its order.
const mailColumns = `id, recipient, sealed, created_at, next_try, tries`

func scanMail(row scanner) (mail.Queued, error) {
	var q mail.Queued
	err := row.Scan(&q.ID, &q.To, &q.Sealed, (*stamp)(&q.At), (*stamp)(&q.NextTry), &q.Tries)
	return q, err
}

// AddMail implements mail.Store.
func (s *Store) AddMail(ctx context.Context, q mail.Queued) error {
	return Error("add mail", s.inTx(ctx, func(tx *sql.Tx) error { return enqueue(ctx, tx, q) }))
}

// ClaimMail implements mail.Store. Processes that claim at the same time take turns:
// the statement holds the write lock from its start. It is not asked for without need.
func (s *Store) ClaimMail(ctx context.Context, now, until time.Time, limit int) ([]mail.Queued, error) {
	var due bool
	err := s.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox WHERE next_try <= $1)`, moment(now)).Scan(&due)
	if err != nil || !due {
		return nil, Error("claim mail", err)
	}
	rows, err := s.writer.QueryContext(ctx, `
		UPDATE outbox SET next_try = $2
		WHERE id IN (SELECT id FROM outbox WHERE next_try <= $1 ORDER BY next_try LIMIT $3)
		RETURNING `+mailColumns, moment(now), moment(until), limit)
	claimed, err := collect(rows, err, scanMail)
	return claimed, Error("claim mail", err)
}

// MailDone implements mail.Store.
func (s *Store) MailDone(ctx context.Context, id string, keep bool) error {
	if keep {
		_, err := s.writer.ExecContext(ctx, `UPDATE outbox SET next_try = NULL WHERE id = $1`, id)
		return Error("keep mail", err)
	}
	_, err := s.writer.ExecContext(ctx, `DELETE FROM outbox WHERE id = $1`, id)
	return Error("delete mail", err)
}

// RetryMail implements mail.Store.
func (s *Store) RetryMail(ctx context.Context, claimed mail.Queued, next time.Time, tries int) error {
	_, err := s.writer.ExecContext(ctx, `UPDATE outbox SET next_try = $3, tries = $4 WHERE id = $1 AND next_try = $2`,
		claimed.ID, moment(claimed.NextTry), moment(next), tries)
	return Error("retry mail", err)
}

// ListMail implements mail.Store.
func (s *Store) ListMail(ctx context.Context, to string, limit, offset int) ([]mail.Queued, error) {
	rows, err := s.reader.QueryContext(ctx, `
		SELECT `+mailColumns+` FROM outbox WHERE $1 IN ('', recipient) ORDER BY created_at DESC, id LIMIT $2 OFFSET $3`, to, limit, offset)
	list, err := collect(rows, err, scanMail)
	return list, Error("list mail", err)
}

// FindMail implements mail.Store.
func (s *Store) FindMail(ctx context.Context, id string) (mail.Queued, bool, error) {
	q, err := scanMail(s.reader.QueryRowContext(ctx, `SELECT `+mailColumns+` FROM outbox WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return mail.Queued{}, false, nil
	}
	return q, err == nil, Error("find mail", err)
}

// CollectMail implements mail.Store.
func (s *Store) CollectMail(ctx context.Context, before time.Time, keep int) (int, error) {
	result, err := s.writer.ExecContext(ctx, `
		DELETE FROM outbox WHERE created_at < $1 OR id IN (
			SELECT id FROM outbox WHERE next_try IS NULL ORDER BY created_at DESC, id LIMIT -1 OFFSET $2)`, moment(before), keep)
	if err != nil {
		return 0, Error("collect mail", err)
	}
	n, err := result.RowsAffected()
	return int(n), Error("collect mail", err)
}
