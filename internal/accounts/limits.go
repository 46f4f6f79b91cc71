package accounts

import (
	"context"

	"latchkey/internal/ratelimit"
)

// Tryer is the client that a call is made for, as far as tries are counted.
type Tryer struct {
	IP string // as the server knows it; "" = not known, such as on the command line
	// Device returns the id of a browser that has signed in to an account before, by its
	// canonical address; "" = it has not, as far as it can show. Nil = it shows nothing.
	Device func(email string) string
}

type tryerKey struct{}

// WithTryer returns a context that says who tries. Whatever checks a password or sends a
// mail counts by it, so that no door can forget to.
func WithTryer(ctx context.Context, by Tryer) context.Context {
	return context.WithValue(ctx, tryerKey{}, by)
}

func clientOf(ctx context.Context, email string) ratelimit.Client {
	by, _ := ctx.Value(tryerKey{}).(Tryer)
	client := ratelimit.Client{IP: by.IP}
	if by.Device != nil {
		client.Device = by.Device(email)
	}
	return client
}

// attempt counts a password before it is hashed. *ratelimit.Error if there were too many.
func (s *Service) attempt(ctx context.Context, email string) (*ratelimit.Attempt, error) {
	attempt, err := s.cfg.Limits.Password(ctx, email, clientOf(ctx, email))
	return attempt, s.limited(ctx, "passwords", err)
}

// right takes an attempt back that was no wrong one. That it could not be is no reason to
// turn the user away.
func (s *Service) right(ctx context.Context, attempt *ratelimit.Attempt) {
	if err := attempt.Right(ctx); err != nil {
		s.cfg.Log.WarnContext(ctx, "a right password stays counted as a try", "error", err)
	}
}

// mayMail reports whether another mail may go to an address now, and counts it. It is
// asked before anybody looks whether the address has an account. *ratelimit.Error if
// there were too many, for whatever address.
func (s *Service) mayMail(ctx context.Context, email string) (bool, error) {
	err := s.limited(ctx, "mails", s.cfg.Limits.Mail(ctx, email, clientOf(ctx, email)))
	return err == nil, err
}
