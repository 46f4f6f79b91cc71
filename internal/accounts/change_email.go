package accounts

import (
	"context"

	"latchkey/internal/auth"
)

// RequestEmailChange sends a link to the address that a user wants to sign in with.
// Nothing changes until it is opened. Invalid tells which of the fields email and
// password is wrong; an address that has an account is not told from one that has none.
func (s *Service) RequestEmailChange(ctx context.Context, u auth.User, password, newEmail string, _ auth.Client) error {
	email, ok := CanonicalEmail(newEmail)
	switch {
	case !ok:
		return Invalid{"email": invalidEmail}
	case email == u.Email:
		return Invalid{"email": "This is your address already."}
	}
	if _, err := s.prove(ctx, u, password); err != nil {
		return invalidField("password", err)
	}
	return nil
}
