package ratelimittest

import (
	"context"
	"sync"
	"time"

	"latchkey/internal/ratelimit"
)

// Memory is a store in memory, for tests of what no database changes.
type Memory struct {
	mu   sync.Mutex
	rows map[string]time.Time // when a bucket is full again
}

var _ ratelimit.Store = (*Memory)(nil)

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{rows: map[string]time.Time{}} }

// TakeToken implements ratelimit.Store.
func (m *Memory) TakeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return fullAt, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	fullAt, found := m.rows[key]
	if !found && !insert {
		return now, true, nil
	}
	if fullAt.Before(now) || fullAt.After(now.Add(2*b.Interval*time.Duration(b.Tokens))) { // or the clock was set back
		fullAt = now
	}
	if fullAt.After(now.Add(b.Interval * time.Duration(b.Tokens-1))) {
		return fullAt, false, nil
	}
	m.rows[key] = fullAt.Add(b.Interval)
	return m.rows[key], true, nil
}

// ReturnToken implements ratelimit.Store.
func (m *Memory) ReturnToken(ctx context.Context, key string, b ratelimit.Bucket) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if fullAt, found := m.rows[key]; found {
		m.rows[key] = fullAt.Add(-b.Interval)
	}
	return ctx.Err()
}

// Remember implements ratelimit.Store.
func (m *Memory) Remember(ctx context.Context, key string, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[key] = until
	return ctx.Err()
}

// Remembers implements ratelimit.Store.
func (m *Memory) Remembers(ctx context.Context, key string, now time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rows[key].After(now), ctx.Err()
}

// CollectBuckets implements ratelimit.Store.
func (m *Memory) CollectBuckets(ctx context.Context, now time.Time) (left int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, fullAt := range m.rows {
		if !fullAt.After(now) {
			delete(m.rows, key)
		}
	}
	return len(m.rows), ctx.Err()
}
