package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/internal/auth"
)

// Find returns the user of an address, however it is typed. auth.ErrNotFound if there is
// none; Invalid if it is no address.
func (s *Service) Find(ctx context.Context, typedEmail string) (auth.User, error) {
	email, ok := CanonicalEmail(typedEmail)
	if !ok {
		return auth.User{}, Invalid{"email": invalidEmail}
	}
	u, _, err := s.cfg.Store.UserByEmail(ctx, email)
	return u, wrap("find user", err)
}

// Create makes an account for somebody whom an operator knows: their address counts as
// proved, nothing is mailed, and no budget is touched. Without a password they choose one
// by "Forgot your password?". Invalid tells which fields are wrong; ErrEmailTaken.
func (s *Service) Create(ctx context.Context, in Registration) (auth.User, error) {
	invalid := Invalid{}
	email, ok := CanonicalEmail(in.Email)
	if !ok {
		invalid["email"] = invalidEmail
	}
	name, ok := cleanName(in.Name)
	if !ok {
		invalid["name"] = nameRule
	}
	var hash string
	if in.Password != "" {
		password, problem := s.newPassword(in.Password, email, name)
		if problem != "" {
			invalid["password"] = problem
		} else if hash, _ = s.hasher.Hash(ctx, password); hash == "" {
			return auth.User{}, ErrBusy
		}
	}
	if len(invalid) > 0 {
		return auth.User{}, invalid
	}
	now := s.cfg.Sessions.Now()
	u := auth.User{ID: auth.NewID(), Email: email, Name: name, EmailVerifiedAt: now, CreatedAt: now, UpdatedAt: now}
	if err := s.cfg.Store.CreateUser(ctx, u, hash); err != nil {
		return auth.User{}, wrap("create user", err)
	}
	s.record(ctx, auth.EventUserCreated, u.ID, "")
	return u, nil
}

// DisableUser closes an account and ends its sessions: it says how many. Of an account that
// is closed, what is left of them ends. auth.ErrNotFound if it is gone.
func (s *Service) DisableUser(ctx context.Context, u auth.User) (ended int, err error) {
	return s.setDisabled(ctx, u, "disabled", s.cfg.Store.DisableUser)
}

// EnableUser opens an account again. No session comes back to life.
func (s *Service) EnableUser(ctx context.Context, u auth.User) error {
	_, err := s.setDisabled(ctx, u, "enabled", s.cfg.Store.EnableUser)
	return err
}

// setDisabled is DisableUser or EnableUser of a store.
type setDisabled func(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error)

func (s *Service) setDisabled(ctx context.Context, u auth.User, change string, set setDisabled) (ended int, err error) {
	changes, err := set(ctx, u.ID, auth.ReasonAdmin, s.cfg.Sessions.Now())
	if err != nil {
		return 0, wrap(change, err)
	}
	s.cfg.Sessions.Publish(ctx, u.ID, changes)
	s.record(ctx, auth.EventUserUpdated, u.ID, "", "change", change)
	for _, c := range changes {
		if c.Ended != "" {
			ended++
		}
	}
	return ended, nil
}

// Disable is DisableUser by an address, for an account that must not be there. No such
// account is no error.
func (s *Service) Disable(ctx context.Context, email string) error {
	u, err := s.Find(ctx, email)
	if errors.Is(err, auth.ErrNotFound) || err == nil && !u.DisabledAt.IsZero() {
		return nil
	}
	if err == nil {
		_, err = s.DisableUser(ctx, u)
	}
	return err
}
