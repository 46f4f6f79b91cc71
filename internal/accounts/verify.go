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
		return s.dead(ctx, PurposeVerify, err)
	}
	credential, err := s.askPassword(ctx, t, t.Email, by)
	if err != nil {
		return err
	}
	u, err := s.spend(ctx, PurposeVerify, secret, func(u auth.User) (Change, error) {
		return Change{VerifiedAt: s.cfg.Sessions.Now()}, unchanged(u, credential)
	})
	if err != nil {
		return err
	}
	s.record(ctx, auth.EventUserUpdated, u.ID, "", "change", "email_verified")
	return nil
}

// askPassword checks the password of the user of a token, who signs in with email, unless
// their browser is known to know it. It returns the credential that the password was
// checked with; "" = none was asked for.
func (s *Service) askPassword(ctx context.Context, t Token, email string, by Knows) (credential string, err error) {
	if by.UserID == t.UserID {
		return "", nil
	}
	u, credential, err := s.checkPassword(ctx, email, by.Password)
	if err == nil && u.ID != t.UserID {
		err = ErrCredentials
	}
	if errors.Is(err, ErrCredentials) {
		s.record(ctx, auth.EventLoginFail, t.UserID, "", "reason", "password", "at", "verify")
	}
	return credential, err
}

// unchanged is ErrCredentials if a user's password was changed since it was checked.
func unchanged(u auth.User, credential string) error {
	if credential != "" && credential != u.Credential {
		return ErrCredentials
	}
	return nil
}
