package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
	"latchkey/internal/ratelimit"
)

// invalidEmail tells what is wrong with a text that is no address.
const invalidEmail = "Enter an email address such as name@example.com."

// mailTo does what sends a mail to the user of an address. An address without an account,
// and one whose user may not sign in, look the same to the caller: nothing happens.
// Invalid if it is no address.
func (s *Service) mailTo(ctx context.Context, typedEmail string, send func(auth.User) error) error {
	email, ok := CanonicalEmail(typedEmail)
	if !ok {
		return Invalid{"email": invalidEmail}
	}
	if ok, err := s.mayMail(ctx, email); !ok {
		return err
	}
	u, _, err := s.cfg.Store.UserByEmail(ctx, email)
	if errors.Is(err, auth.ErrNotFound) || err == nil && !u.DisabledAt.IsZero() {
		return nil
	}
	if err != nil {
		return wrap("find user", err)
	}
	return send(u)
}

// greeting is the letter to the owner of a new account; nil if they have had too many
// mails lately. Sign-ups are counted by themselves, so the client is not.
func (s *Service) greeting(ctx context.Context, u auth.User) ([]Letter, error) {
	err := s.cfg.Limits.Mail(ctx, u.Email, ratelimit.Client{})
	if _, ok := errors.AsType[*ratelimit.Error](err); ok {
		return nil, nil
	}
	if err != nil {
		return nil, wrap("count mails", err)
	}
	token, secret := s.newToken(PurposeVerify, u.ID, u.Email, "", VerifyLife)
	letter, err := s.letter(u.Email, verifyWords(s.cfg.SiteName, s.page("/verify", secret)), token)
	return []Letter{letter}, err
}
