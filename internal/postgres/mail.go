package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	return Error("add mail", s.inTx(ctx, func(tx pgx.Tx) error { return enqueue(ctx, tx, q) }))
}

// ClaimMail implements mail.Store. Instances that claim at the same time take
// different rows (SKIP LOCKED).
func (s *Store) ClaimMail(ctx context.Context, now, until time.Time, limit int) ([]mail.Queued, error) {
	claimed, err := retry(ctx, s, func() ([]mail.Queued, error) {
		rows, err := s.pool.Query(ctx, `
			WITH claimed AS (SELECT id AS claimed_id FROM outbox WHERE next_try <= $1 ORDER BY next_try LIMIT $3 FOR UPDATE SKIP LOCKED)
			UPDATE outbox SET next_try = $2 FROM claimed WHERE id = claimed_id
			RETURNING `+mailColumns, moment(now), moment(until), limit)
		return collect(rows, err, scanMail)
	})
	return claimed, Error("claim mail", err)
}

// MailDone implements mail.Store.
func (s *Store) MailDone(ctx context.Context, id string, keep bool) error {
	if keep {
		return Error("keep mail", s.exec(ctx, `UPDATE outbox SET next_try = NULL WHERE id = $1`, id))
	}
	return Error("delete mail", s.exec(ctx, `DELETE FROM outbox WHERE id = $1`, id))
}

// RetryMail implements mail.Store.
func (s *Store) RetryMail(ctx context.Context, claimed mail.Queued, next time.Time, tries int) error {
	return Error("retry mail", s.exec(ctx, `UPDATE outbox SET next_try = $3, tries = $4 WHERE id = $1 AND next_try = $2`,
		claimed.ID, moment(claimed.NextTry), moment(next), tries))
}

// ListMail implements mail.Store.
func (s *Store) ListMail(ctx context.Context, to string, limit, offset int) ([]mail.Queued, error) {
	list, err := retry(ctx, s, func() ([]mail.Queued, error) {
		rows, err := s.pool.Query(ctx, `
			SELECT `+mailColumns+` FROM outbox WHERE $1 IN ('', recipient) ORDER BY created_at DESC, id LIMIT $2 OFFSET $3`, to, limit, offset)
		return collect(rows, err, scanMail)
	})
	return list, Error("list mail", err)
}

// FindMail implements mail.Store.
func (s *Store) FindMail(ctx context.Context, id string) (mail.Queued, bool, error) {
	q, err := retry(ctx, s, func() (mail.Queued, error) {
		return scanMail(s.pool.QueryRow(ctx, `SELECT `+mailColumns+` FROM outbox WHERE id = $1`, id))
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return mail.Queued{}, false, nil
	}
	return q, err == nil, Error("find mail", err)
}

// CollectMail implements mail.Store.
func (s *Store) CollectMail(ctx context.Context, before time.Time, keep int) (int, error) {
	tag, err := retry(ctx, s, func() (pgconn.CommandTag, error) {
		return s.pool.Exec(ctx, `
			DELETE FROM outbox WHERE created_at < $1 OR id IN (
				SELECT id FROM outbox WHERE next_try IS NULL ORDER BY created_at DESC, id OFFSET $2)`, moment(before), keep)
	})
	return int(tag.RowsAffected()), Error("collect mail", err)
}
