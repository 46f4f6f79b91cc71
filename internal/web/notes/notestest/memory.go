package notestest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"latchkey/internal/web/notes"
)

// Memory is a store in memory, for tests of what no database changes.
type Memory struct {
	mu   sync.Mutex
	rows []notes.Note
}

var _ notes.Store = (*Memory)(nil)

// do runs what a method does, unless the caller has given up.
func (m *Memory) do(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return f()
}

// at is where a user's note is; -1 = they have none of that id.
func (m *Memory) at(userID, id string) int {
	return slices.IndexFunc(m.rows, func(n notes.Note) bool { return n.UserID == userID && n.ID == id })
}

// Create implements notes.Store.
func (m *Memory) Create(ctx context.Context, n notes.Note) error {
	return m.do(ctx, func() error {
		n.CreatedAt, n.UpdatedAt = n.CreatedAt.Truncate(time.Millisecond), n.UpdatedAt.Truncate(time.Millisecond)
		m.rows = append(m.rows, n)
		return nil
	})
}

// Get implements notes.Store.
func (m *Memory) Get(ctx context.Context, userID, id string) (n notes.Note, err error) {
	err = m.do(ctx, func() error {
		i := m.at(userID, id)
		if i < 0 {
			return notes.ErrNotFound
		}
		n = m.rows[i]
		return nil
	})
	return n, err
}

// List implements notes.Store.
func (m *Memory) List(ctx context.Context, userID string, offset, limit int) (list []notes.Note, total int, err error) {
	err = m.do(ctx, func() error {
		for _, n := range m.rows {
			if n.UserID == userID {
				list = append(list, n)
			}
		}
		slices.SortFunc(list, func(a, b notes.Note) int {
			return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
		})
		total = len(list)
		list = list[min(offset, total):min(offset+limit, total)]
		return nil
	})
	return list, total, err
}

// Update implements notes.Store.
func (m *Memory) Update(ctx context.Context, n notes.Note) error {
	return m.do(ctx, func() error {
		i := m.at(n.UserID, n.ID)
		switch {
		case i < 0:
			return notes.ErrNotFound
		case m.rows[i].Version != n.Version:
			return notes.ErrChanged
		}
		row := &m.rows[i]
		row.Title, row.Body, row.UpdatedAt, row.Version = n.Title, n.Body, n.UpdatedAt.Truncate(time.Millisecond), n.Version+1
		return nil
	})
}

// Delete implements notes.Store.
func (m *Memory) Delete(ctx context.Context, userID, id string) error {
	return m.do(ctx, func() error {
		i := m.at(userID, id)
		if i < 0 {
			return notes.ErrNotFound
		}
		m.rows = slices.Delete(m.rows, i, i+1)
		return nil
	})
}
