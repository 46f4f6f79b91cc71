package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Credentials is a filled-in sign-in form, with what the server knows of the
// browser that sent it.
type Credentials struct {
	Email    string
	Password string
	Client   auth.Client
	Current  auth.Session // the live session this browser already has; zero = none
}

// Login checks a password and begins a session. ErrCredentials for an unknown
// address, a wrong password and a disabled account, all at the same cost;
// an *UnverifiedError if the password was right and the address must be proved first;
// ErrSessionLimit under the deny policy; ErrBusy when hashing is saturated; a
// *ratelimit.Error after too many tries.
func (s *Service) Login(ctx context.Context, in Credentials) (auth.Issued, error) {
	issued, err := s.login(ctx, in)
	if errors.Is(err, auth.ErrCredentialChanged) {
		// Another sign-in has renewed the hash meanwhile, or the password was
		// changed: whether it is still the right one is for the new hash to say.
		issued, err = s.login(ctx, in)
	}
	if errors.Is(err, auth.ErrDisabled) || errors.Is(err, auth.ErrNotFound) || errors.Is(err, auth.ErrCredentialChanged) {
		err = ErrCredentials
	}
	return issued, err
}

func (s *Service) login(ctx context.Context, in Credentials) (auth.Issued, error) {
	u, credential, err := s.checkPassword(ctx, in.Email, in.Password)
	if errors.Is(err, ErrCredentials) {
		s.record(ctx, auth.EventLoginFail, u.ID, "", "reason", reasonOf(u))
		s.failed(u.ID, in.Client)
	}
	if err != nil {
		return auth.Issued{}, err
	}
	if s.cfg.RequireVerified && u.EmailVerifiedAt.IsZero() {
		s.record(ctx, auth.EventLoginFail, u.ID, "", "reason", "unverified")
		return auth.Issued{}, &UnverifiedError{UserID: u.ID, Email: u.Email}
	}
	issued, err := s.Begin(ctx, auth.Login{
		UserID: u.ID, Method: auth.MethodPassword, Client: in.Client, Current: in.Current, Credential: credential,
	})
	if err != nil {
		return auth.Issued{}, err
	}
	s.record(ctx, auth.EventLoginSuccess, u.ID, issued.Session.ID)
	return issued, nil
}

// reasonOf is why a sign-in failed, for the log alone: to the browser all of them look the
// same.
func reasonOf(u auth.User) string {
	switch {
	case u.ID == "":
		return "no_account"
	case !u.DisabledAt.IsZero():
		return "disabled"
	}
	return "password"
}

// checkPassword does the same work whether or not the address has an account. It is the
// one place that checks a password, and counts it first: all doors have one budget.
// credential is the fingerprint of the hash that the password was verified with.
func (s *Service) checkPassword(ctx context.Context, typedEmail, typedPassword string) (u auth.User, credential string, err error) {
	password, ok := NormalizePassword(typedPassword)
	if !ok {
		return u, "", ErrCredentials // no account can have it; cheap checks come first
	}
	email, _ := CanonicalEmail(typedEmail)
	attempt, err := s.attempt(ctx, email)
	if err != nil {
		return u, "", err
	}
	defer attempt.Done()
	var hash string
	if email != "" {
		u, hash, err = s.cfg.Store.UserByEmail(ctx, email)
		if err != nil && !errors.Is(err, auth.ErrNotFound) {
			return u, "", wrap("login", err)
		}
	}
	match, outdated, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return u, "", err
	}
	if !match || !u.DisabledAt.IsZero() || s.isKnown(u.Email, password) {
		return u, "", ErrCredentials
	}
	s.right(ctx, attempt)
	if outdated {
		hash = s.rehash(ctx, u.ID, hash, password)
	}
	return u, auth.CredentialOf(hash), nil
}

// rehash brings an old hash to today's parameters and returns the one that counts
// from now on. That it failed is no reason to turn the user away.
func (s *Service) rehash(ctx context.Context, userID, old, password string) string {
	hash, err := s.hasher.Hash(ctx, password)
	if err == nil {
		err = s.cfg.Store.ReplacePasswordHash(ctx, userID, old, hash)
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "password hash not renewed; the next sign-in tries again", "user", userID, "error", err)
		return old
	}
	return hash
}
