package accounts

import (
	"context"

	"latchkey/internal/auth"
)

// Delete deletes the account of a user who is signed in and knows their password: their
// sessions are over at once, on all instances, and the address is free. Invalid if the
// password is wrong.
func (s *Service) Delete(ctx context.Context, u auth.User, password string) error {
	credential, err := s.prove(ctx, u, password)
	if err != nil {
		return invalidField("password", err)
	}
	err = s.change(ctx, u.ID, credential, func(u auth.User) (Change, error) {
		letter, err := s.letter(u.Email, deletedWords(s.cfg.SiteName), nil)
		return Change{Delete: true, End: auth.ReasonDeleted, Letters: []Letter{letter}}, err
	})
	if err != nil {
		return invalidField("password", err)
	}
	s.record(ctx, auth.EventUserDeleted, u.ID, "")
	return nil
}
