package webtest

import (
	"context"
	"sync/atomic"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// Held is a database that a test can keep from answering, and whose news the
// instances do not hear: what is changed in it directly, they learn by asking.
type Held struct {
	Database
	wait atomic.Pointer[func(context.Context) error]
	deaf atomic.Bool
}

// Hold returns a database that answers as usual, so far.
func Hold(db Database) *Held { return &Held{Database: db} }

// Wait has every question of a request wait for f first, and fail with its error;
// nil = it answers at once.
func (h *Held) Wait(f func(context.Context) error) {
	if f == nil {
		h.wait.Store(nil)
		return
	}
	h.wait.Store(&f)
}

func (h *Held) err(ctx context.Context) error {
	if f := h.wait.Load(); f != nil {
		return (*f)(ctx)
	}
	return nil
}

// Deaf has the question for news fail, or no more.
func (h *Held) Deaf(deaf bool) { h.deaf.Store(deaf) }

// Changes implements auth.Store: there is no news.
func (h *Held) Changes(context.Context, time.Time) ([]auth.Change, error) {
	if h.deaf.Load() {
		return nil, auth.ErrUnavailable
	}
	return nil, nil
}

// Ready reports whether it answers.
func (h *Held) Ready(ctx context.Context) error { return h.err(ctx) }

// Begin implements auth.Store.
func (h *Held) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, auth.Lister) (auth.Plan, error)) ([]auth.Change, error) {
	if err := h.err(ctx); err != nil {
		return nil, err
	}
	return h.Database.Begin(ctx, userID, now, plan)
}

// Find implements auth.Store.
func (h *Held) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	if err := h.err(ctx); err != nil {
		return auth.Session{}, err
	}
	return h.Database.Find(ctx, key)
}

// Renew implements auth.Store.
func (h *Held) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	if err := h.err(ctx); err != nil {
		return auth.Session{}, err
	}
	return h.Database.Renew(ctx, key, r)
}

// End implements auth.Store.
func (h *Held) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	if err := h.err(ctx); err != nil {
		return nil, err
	}
	return h.Database.End(ctx, sel, reason, now)
}

// Live implements auth.Store.
func (h *Held) Live(ctx context.Context, userID string, now time.Time, page auth.Page) ([]auth.Session, int, error) {
	if err := h.err(ctx); err != nil {
		return nil, 0, err
	}
	return h.Database.Live(ctx, userID, now, page)
}

// CreateUser implements accounts.Store.
func (h *Held) CreateUser(ctx context.Context, u auth.User, passwordHash string, letters ...accounts.Letter) error {
	if err := h.err(ctx); err != nil {
		return err
	}
	return h.Database.CreateUser(ctx, u, passwordHash, letters...)
}

// UserByEmail implements accounts.Store.
func (h *Held) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	if err := h.err(ctx); err != nil {
		return auth.User{}, "", err
	}
	return h.Database.UserByEmail(ctx, email)
}

// UpdateUser implements accounts.Store.
func (h *Held) UpdateUser(ctx context.Context, userID string, now time.Time, change func(*accounts.Editable) error) ([]auth.Change, error) {
	if err := h.err(ctx); err != nil {
		return nil, err
	}
	return h.Database.UpdateUser(ctx, userID, now, change)
}
