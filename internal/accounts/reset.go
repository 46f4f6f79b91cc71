package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Forgot mails the user of an address a link to choose a new password. Nothing tells the
// caller whether there is such a user. Invalid if it is no address.
func (s *Service) Forgot(ctx context.Context, typedEmail string) error {
	return s.mailTo(ctx, typedEmail, func(u auth.User) error {
		token, secret := s.newToken(PurposeReset, u.ID, u.Email, "", ResetLife)
		return s.send(ctx, u.Email, resetWords(s.cfg.SiteName, s.page("/reset", secret)), token)
	})
}

// Reset sets the password of the user whose mailbox the link was in. That proves the
// address as well. All sessions of the user end, so that nobody stays in who knew the old
// password, and all other links in mails are void. Nobody is signed in: the new password
// is for its user to try. ErrToken if the link cannot be used; Invalid if the password
// cannot.
func (s *Service) Reset(ctx context.Context, secret, typedPassword string) error {
	t, err := s.FindToken(ctx, PurposeReset, secret)
	if err != nil {
		return s.dead(ctx, PurposeReset, err)
	}
	known, _, err := s.cfg.Store.UserByEmail(ctx, t.Email)
	if errors.Is(err, auth.ErrNotFound) {
		return ErrToken
	}
	if err != nil {
		return wrap("reset", err)
	}
	password, problem := s.newPassword(typedPassword, known.Email, known.Name)
	if problem != "" {
		return Invalid{"password": problem}
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	notice, err := s.letter(t.Email, changedWords(s.cfg.SiteName, s.page("/forgot", "")), nil)
	if err != nil {
		return err
	}
	u, err := s.spend(ctx, PurposeReset, secret, func(u auth.User) (Change, error) {
		change := Change{PasswordHash: hash, End: auth.ReasonPassword, Letters: []Letter{notice}}
		if u.EmailVerifiedAt.IsZero() {
			change.VerifiedAt = s.cfg.Sessions.Now()
		}
		return change, nil
	})
	if err != nil {
		return err
	}
	s.record(ctx, auth.EventPasswordChange, u.ID, "", "by", "reset")
	return nil
}
