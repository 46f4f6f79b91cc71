package auth

import (
	"context"
	"errors"
	"slices"
)

// Credentials is a filled-in sign-in form, with what the server knows of the
// browser that sent it.
type Credentials struct {
	Email    string
	Password string
	Client   Client
	Held     Session // the live session this browser already has; zero = none
}

// Issued is a session together with the cookie that carries it.
type Issued struct {
	Session Session
	Cookie  string // the cookie's value: never log it
}

// Login checks a password and begins a session. ErrCredentials for an unknown
// address, a wrong password and a disabled account, all at the same cost;
// ErrSessionLimit under the deny policy; ErrBusy when hashing is saturated.
func (s *Service) Login(ctx context.Context, in Credentials) (Issued, error) {
	u, err := s.checkPassword(ctx, in.Email, in.Password)
	if err != nil {
		if errors.Is(err, ErrCredentials) {
			s.event(ctx, "authn_login_fail", u.ID, "")
		}
		return Issued{}, err
	}
	issued, err := s.begin(ctx, u.ID, in.Client, in.Held, func(u User, live []Session, replaced string) ([]Ending, error) {
		end, err := admit(live, replaced, limitOf(u, s.cfg.Limit), s.cfg.Policy)
		if full, ok := errors.AsType[*LimitError](err); ok {
			full.Proof = s.proofs.mint(u.ID, full.Live, s.Now())
		}
		return end, err
	})
	if err != nil {
		if errors.Is(err, ErrSessionLimit) {
			s.event(ctx, "authn_login_session_limit", u.ID, "")
		}
		return Issued{}, err
	}
	s.event(ctx, "authn_login_success", u.ID, issued.Session.ID)
	return issued, nil
}

// Enter begins a session for a user who has just proven who they are by other
// means than a password: a registration.
func (s *Service) Enter(ctx context.Context, userID string, client Client, held Session) (Issued, error) {
	return s.begin(ctx, userID, client, held, func(u User, live []Session, replaced string) ([]Ending, error) {
		return admit(live, replaced, limitOf(u, s.cfg.Limit), s.cfg.Policy)
	})
}

// Continue is "sign out the other sessions and continue": it takes the proof
// of a LimitError, ends the sessions that were in the way and begins one.
// ErrProof if the proof is forged, too old, used, or about sessions that are
// no longer the ones in the way.
func (s *Service) Continue(ctx context.Context, proof string, client Client, held Session) (Issued, error) {
	userID, wanted, err := s.proofs.open(proof, s.Now())
	if err != nil {
		return Issued{}, err
	}
	issued, err := s.begin(ctx, userID, client, held, func(_ User, live []Session, replaced string) ([]Ending, error) {
		inTheWay := slices.DeleteFunc(slices.Clone(live), func(l Session) bool { return l.ID == replaced })
		if fingerprint(inTheWay) != wanted {
			return nil, ErrProof
		}
		return admit(live, replaced, 1, Evict) // this browser's session makes room, all others are in the way
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrCredentials) {
		return Issued{}, ErrProof // whose account vanished or was closed has nothing to continue
	}
	if err != nil {
		return Issued{}, err
	}
	s.event(ctx, "authn_login_success", userID, issued.Session.ID)
	return issued, nil
}

// checkPassword does the same work whether or not the address has an account.
func (s *Service) checkPassword(ctx context.Context, typedEmail, typedPassword string) (User, error) {
	password, ok := NormalizePassword(typedPassword)
	if !ok {
		return User{}, ErrCredentials // no account can have it; cheap checks come first
	}
	var u User
	var hash string
	if email, ok := CanonicalEmail(typedEmail); ok {
		var err error
		u, hash, err = s.store(ctx).UserByEmail(ctx, email)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return User{}, storeError("login", err)
		}
	}
	match, outdated, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return u, err
	}
	if !match || !u.DisabledAt.IsZero() {
		return u, ErrCredentials
	}
	if outdated {
		s.rehash(ctx, u.ID, hash, password)
	}
	return u, nil
}

// rehash brings an old hash to today's parameters. That it failed is no reason
// to turn the user away.
func (s *Service) rehash(ctx context.Context, userID, old, password string) {
	hash, err := s.hasher.Hash(ctx, password)
	if err == nil {
		err = s.store(ctx).ReplacePasswordHash(ctx, userID, old, hash)
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "password hash not renewed; the next sign-in tries again", "user", userID, "error", err)
	}
}
