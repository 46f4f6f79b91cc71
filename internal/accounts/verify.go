package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// Knows is what shows that the person at a browser knows the password of an account whose
// address they prove. It keeps a planted account useless: somebody signs up with the
// address of somebody else, and waits for them to click the link (CVE-2026-44166).
type Knows struct {
	UserID   string // the account that was signed up in this browser, or is signed in; "" = none
	Password string // as it was typed; "" = it was not asked for
}

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

// greeting is the letter to the owner of a new account.
func (s *Service) greeting(ctx context.Context, u auth.User) ([]Letter, error) {
	if ok, err := s.mayMail(ctx, u.Email); !ok {
		return nil, err
	}
	token, secret := s.newToken(PurposeVerify, u.ID, u.Email, "", VerifyLife)
	letter, err := s.letter(u.Email, verifyWords(s.cfg.SiteName, s.page("/verify", secret)), token)
	return []Letter{letter}, err
}

// SendVerification sends the link of a sign-up once more. For an address without an
// account, and for one that is verified or disabled, it does nothing and says nothing.
// Invalid if it is no address.
func (s *Service) SendVerification(ctx context.Context, typedEmail string) error {
	return s.mailTo(ctx, typedEmail, func(u auth.User) error {
		if !u.EmailVerifiedAt.IsZero() {
			return nil
		}
		token, secret := s.newToken(PurposeVerify, u.ID, u.Email, "", VerifyLife)
		return s.send(ctx, u.Email, verifyWords(s.cfg.SiteName, s.page("/verify", secret)), token)
	})
}

// Verify spends the token of a verification mail: the address is its user's. Of a browser
// that is not known to know the account's password, the password is asked: ErrCredentials
// if it is wrong, and the token can still be spent.
func (s *Service) Verify(ctx context.Context, secret string, by Knows) error {
	t, err := s.FindToken(ctx, PurposeVerify, secret)
	if err != nil {
		return err
	}
	var credential string // "" = none was asked for
	if by.UserID != t.UserID {
		u, verified, err := s.checkPassword(ctx, t.Email, by.Password)
		if err == nil && u.ID != t.UserID {
			err = ErrCredentials
		}
		if errors.Is(err, ErrCredentials) {
			s.record(ctx, "authn_login_fail", t.UserID, "")
		}
		if err != nil {
			return err
		}
		credential = verified
	}
	u, err := s.spend(ctx, PurposeVerify, secret, func(u auth.User) (Change, error) {
		if credential != "" && credential != u.Credential {
			return Change{}, ErrCredentials // was changed meanwhile
		}
		return Change{VerifiedAt: s.cfg.Sessions.Now()}, nil
	})
	if err != nil {
		return err
	}
	s.record(ctx, "user_email_verified", u.ID, "")
	return nil
}
