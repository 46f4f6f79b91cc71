package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Registration is a filled-in sign-up form, as it was typed.
type Registration struct {
	Name     string // "" = not told
	Email    string
	Password string
}

// Register creates an account. Invalid tells which fields are wrong;
// ErrEmailTaken is returned also when two registrations race. The password is
// hashed before the address is looked up, so both answers cost the same. The owner of
// the address is sent a link to confirm it.
func (s *Service) Register(ctx context.Context, in Registration) (auth.User, error) {
	invalid := Invalid{}
	email, ok := CanonicalEmail(in.Email)
	if !ok {
		invalid["email"] = invalidEmail
	}
	name, ok := cleanName(in.Name)
	if !ok {
		invalid["name"] = nameRule
	}
	password, problem := s.newPassword(in.Password, email, name)
	if problem != "" {
		invalid["password"] = problem
	}
	if len(invalid) > 0 {
		return auth.User{}, invalid
	}
	if err := s.limited(ctx, "sign-ups", s.cfg.Limits.SignUp(ctx, clientOf(ctx, email))); err != nil {
		return auth.User{}, err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return auth.User{}, err
	}
	now := s.cfg.Sessions.Now()
	u := auth.User{ID: auth.NewID(), Email: email, Name: name, CreatedAt: now, UpdatedAt: now}
	letters, err := s.greeting(ctx, u)
	if err != nil {
		return auth.User{}, err
	}
	if err := s.cfg.Store.CreateUser(ctx, u, hash, letters...); err != nil {
		return auth.User{}, wrap("register", err)
	}
	s.record(ctx, auth.EventUserCreated, u.ID, "")
	s.sent(ctx, letters...)
	return u, nil
}

// newPassword is a password as it is hashed that a user may choose, or what is wrong
// with it, in words for them.
func (s *Service) newPassword(typed, email, name string) (nfc, problem string) {
	nfc, ok := NormalizePassword(typed)
	switch {
	case !ok:
		return "", "Use at most 1024 characters of plain text."
	case s.isKnownPassword(nfc):
		return "", "This password is on lists that attackers try first. Choose another."
	}
	return nfc, checkNewPassword(nfc, s.cfg.PasswordMinLength, s.cfg.SiteName, email, name)
}

// Seed registers an account unless its address has one: the demo user of
// development. It skips the rules for passwords, which are for people.
func (s *Service) Seed(ctx context.Context, u Registration) error {
	if _, _, err := s.cfg.Store.UserByEmail(ctx, u.Email); !errors.Is(err, auth.ErrNotFound) {
		return wrap("seed", err) // nil: every start but the first
	}
	hash, err := s.hasher.Hash(ctx, u.Password)
	if err != nil {
		return err
	}
	now := s.cfg.Sessions.Now()
	err = s.cfg.Store.CreateUser(ctx, auth.User{ID: auth.NewID(), Email: u.Email, Name: u.Name, EmailVerifiedAt: now, CreatedAt: now, UpdatedAt: now}, hash)
	if errors.Is(err, ErrEmailTaken) {
		return nil
	}
	return wrap("seed", err)
}
