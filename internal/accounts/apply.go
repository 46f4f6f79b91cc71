package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Apply is Register for a site that lets nobody in before they have proved their address.
// It answers a taken address as it does a new one, and mails the owner of the address
// either way (LG-3). The id that it returns is that of the account, or of no account at
// all.
func (s *Service) Apply(ctx context.Context, in Registration) (userID string, err error) {
	u, err := s.Register(ctx, in)
	if errors.Is(err, ErrEmailTaken) {
		email, _ := CanonicalEmail(in.Email)
		return auth.NewID(), s.tellOwner(ctx, email)
	}
	return u.ID, err
}

// tellOwner tells the owner of an address that somebody has signed up with it again. What
// the newer sign-up chose is not kept, or whoever signs up last would set the password of
// an account that somebody else then proves.
func (s *Service) tellOwner(ctx context.Context, email string) error {
	u, _, err := s.cfg.Store.UserByEmail(ctx, email)
	if errors.Is(err, auth.ErrNotFound) { // was deleted meanwhile
		return nil
	}
	if err != nil {
		return wrap("tell owner", err)
	}
	if ok, err := s.mayMail(ctx, email); !ok {
		return err
	}
	if u.EmailVerifiedAt.IsZero() && u.DisabledAt.IsZero() {
		token, secret := s.newToken(PurposeReset, u.ID, u.Email, "", ResetLife)
		return s.send(ctx, u.Email, waitingWords(s.cfg.SiteName, s.page("/reset", secret)), token)
	}
	return s.send(ctx, u.Email, takenWords(s.cfg.SiteName, s.page("/signin", ""), s.page("/forgot", "")), nil)
}
