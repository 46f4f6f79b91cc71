package notes

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// sqlite is the Store in SQLite. Its transactions begin with the lock of the one who
// writes, so a row that was read in one is still as it was.
type sqlite struct{ reader, writer *sql.DB }

// Create implements Store.
func (s *sqlite) Create(ctx context.Context, n Note) error {
	_, err := s.writer.ExecContext(ctx, `
		INSERT INTO notes (id, user_id, title, body, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.ID, n.UserID, n.Title, n.Body, n.Version, n.CreatedAt.UnixMilli(), n.UpdatedAt.UnixMilli())
	return wrap("create note", err)
}

// Get implements Store.
func (s *sqlite) Get(ctx context.Context, userID, id string) (Note, error) {
	n, err := scan(s.reader.QueryRowContext(ctx, `
		SELECT id, user_id, title, body, version, created_at, updated_at FROM notes WHERE id = $1 AND user_id = $2`, id, userID))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return n, wrap("get note", err)
}

// scan reads the columns of a note from a row, or from the rows at one of them.
func scan(row interface{ Scan(dest ...any) error }) (Note, error) {
	var n Note
	var created, updated int64
	err := row.Scan(&n.ID, &n.UserID, &n.Title, &n.Body, &n.Version, &created, &updated)
	n.CreatedAt, n.UpdatedAt = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
	return n, err
}

// List implements Store.
func (s *sqlite) List(ctx context.Context, userID string, offset, limit int) (list []Note, total int, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT count(*) FROM notes WHERE user_id = $1`, userID).Scan(&total)
	if err != nil {
		return nil, 0, wrap("count notes", err)
	}
	rows, err := s.reader.QueryContext(ctx, `
		SELECT id, user_id, title, body, version, created_at, updated_at
		FROM notes WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2 OFFSET $3`, userID, limit, offset)
	if err != nil {
		return nil, 0, wrap("list notes", err)
	}
	defer rows.Close()
	for rows.Next() {
		n, err := scan(rows)
		if err != nil {
			return nil, 0, wrap("list notes", err)
		}
		list = append(list, n)
	}
	return list, total, wrap("list notes", rows.Err())
}

// Update implements Store.
func (s *sqlite) Update(ctx context.Context, n Note) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return wrap("update note", err)
	}
	defer tx.Rollback() // does nothing after a commit
	var version int
	err = tx.QueryRowContext(ctx, `SELECT version FROM notes WHERE id = $1 AND user_id = $2`, n.ID, n.UserID).Scan(&version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wrap("update note", ErrNotFound)
	case err != nil:
		return wrap("update note", err)
	case version != n.Version:
		return wrap("update note", ErrChanged)
	}
	_, err = tx.ExecContext(ctx, `UPDATE notes SET title = $2, body = $3, updated_at = $4, version = version + 1 WHERE id = $1`,
		n.ID, n.Title, n.Body, n.UpdatedAt.UnixMilli())
	if err != nil {
		return wrap("update note", err)
	}
	return wrap("update note", tx.Commit())
}

// Delete implements Store.
func (s *sqlite) Delete(ctx context.Context, userID, id string) error {
	result, err := s.writer.ExecContext(ctx, `DELETE FROM notes WHERE id = $1 AND user_id = $2`, id, userID)
	if err != nil {
		return wrap("delete note", err)
	}
	rows, err := result.RowsAffected()
	return written("delete note", rows, err)
}
