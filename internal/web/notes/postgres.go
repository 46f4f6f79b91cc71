package notes

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgres is the Store in PostgreSQL.
type postgres struct{ pool *pgxpool.Pool }

// millis is a time as it is kept.
func millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Create implements Store.
func (s *postgres) Create(ctx context.Context, n Note) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO notes (id, user_id, title, body, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.ID, n.UserID, n.Title, n.Body, n.Version, millis(n.CreatedAt), millis(n.UpdatedAt))
	return wrap("create note", err)
}

// Get implements Store.
func (s *postgres) Get(ctx context.Context, userID, id string) (Note, error) {
	var n Note
	err := s.pool.QueryRow(ctx, `
		SELECT id, user_id, title, body, version, created_at, updated_at FROM notes WHERE id = $1 AND user_id = $2`, id, userID).
		Scan(&n.ID, &n.UserID, &n.Title, &n.Body, &n.Version, &n.CreatedAt, &n.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return n, wrap("get note", err)
}

// List implements Store.
func (s *postgres) List(ctx context.Context, userID string, offset, limit int) (list []Note, total int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM notes WHERE user_id = $1`, userID).Scan(&total)
	if err != nil {
		return nil, 0, wrap("count notes", err)
	}
	rows, err := s.pool.Query(ctx, `
		SELECT id, user_id, title, body, version, created_at, updated_at
		FROM notes WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2 OFFSET $3`, userID, limit, offset)
	if err != nil {
		return nil, 0, wrap("list notes", err)
	}
	list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Note])
	return list, total, wrap("list notes", err)
}

// Update implements Store.
func (s *postgres) Update(ctx context.Context, n Note) error {
	return wrap("update note", pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var version int
		err := tx.QueryRow(ctx, `SELECT version FROM notes WHERE id = $1 AND user_id = $2 FOR UPDATE`, n.ID, n.UserID).Scan(&version)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case version != n.Version:
			return ErrChanged
		}
		_, err = tx.Exec(ctx, `UPDATE notes SET title = $2, body = $3, updated_at = $4, version = version + 1 WHERE id = $1`,
			n.ID, n.Title, n.Body, millis(n.UpdatedAt))
		return err
	}))
}

// Delete implements Store.
func (s *postgres) Delete(ctx context.Context, userID, id string) error {
	tag, err := s.pool.Exec(ctx, `DELETE FROM notes WHERE id = $1 AND user_id = $2`, id, userID)
	return written("delete note", tag.RowsAffected(), err)
}
