package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Disable closes an account by its canonical address and ends its sessions.
// No such account is no error.
func (s *Service) Disable(ctx context.Context, email string) error {
	u, _, err := s.cfg.Store.UserByEmail(ctx, email)
	if errors.Is(err, auth.ErrNotFound) || err == nil && !u.DisabledAt.IsZero() {
		return nil
	}
	if err != nil {
		return wrap("disable", err)
	}
	changes, err := s.cfg.Store.DisableUser(ctx, u.ID, auth.ReasonAdmin, s.cfg.Sessions.Now())
	if err != nil {
		return wrap("disable", err)
	}
	s.cfg.Sessions.Publish(ctx, u.ID, changes)
	return nil
}
