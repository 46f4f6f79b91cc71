package accounts

import (
	"context"
	"errors"
	"time"

	"latchkey/internal/auth"
)

// PurposeEmail proves the address that a user wants to sign in with from now on.
const PurposeEmail Purpose = "email"

// UndoLife is how long the owner of a former address can take it back.
const UndoLife = 24 * time.Hour

// RequestEmailChange sends a link to the address that a user wants to sign in with.
// Nothing changes until it is opened. Invalid tells which of the fields email and
// password is wrong. An address that has an account is not told from one that has none:
// its owner gets a mail that says so.
func (s *Service) RequestEmailChange(ctx context.Context, u auth.User, password, newEmail string) error {
	email, ok := CanonicalEmail(newEmail)
	switch {
	case !ok:
		return Invalid{"email": invalidEmail}
	case email == u.Email:
		return Invalid{"email": "This is your address already."}
	}
	if _, err := s.prove(ctx, u, password); err != nil {
		return invalidField("password", err)
	}
	if ok, err := s.mayMail(ctx, email); !ok {
		return err
	}
	_, _, err := s.cfg.Store.UserByEmail(ctx, email)
	switch {
	case err == nil:
		return s.send(ctx, email, wantedWords(s.cfg.SiteName), nil)
	case !errors.Is(err, auth.ErrNotFound):
		return wrap("find user", err)
	}
	token, secret := s.newToken(PurposeEmail, u.ID, email, u.Email, VerifyLife)
	return s.send(ctx, email, newAddressWords(s.cfg.SiteName, s.page("/verify", secret)), token)
}

// ChangeEmail spends the token of such a link: the user signs in with the new address from
// now on. The owner of the former one is told and can undo it. A browser that is not known
// to know the account's password is asked for it: somebody may have their account confirmed
// by the owner of an address that is not theirs. ErrCredentials if the password is wrong,
// and the token can still be spent; ErrToken if the link cannot be used; ErrEmailTaken if
// somebody has signed up with the address meanwhile.
func (s *Service) ChangeEmail(ctx context.Context, secret string, by Knows) error {
	t, err := s.FindToken(ctx, PurposeEmail, secret)
	if err != nil {
		return s.dead(ctx, PurposeEmail, err)
	}
	credential, err := s.askPassword(ctx, t, t.Data, by)
	if err != nil {
		return err
	}
	_, err = s.redeem(ctx, PurposeEmail, secret, func(u auth.User, t Token) (Change, error) {
		if err := unchanged(u, credential); err != nil {
			return Change{}, err
		}
		undo, secret := s.newToken(PurposeUndo, u.ID, u.Email, "", UndoLife)
		letter, err := s.letter(u.Email, addressChangedWords(s.cfg.SiteName, DisplayEmail(t.Email), s.page("/account/email/undo", secret)), undo)
		return Change{Email: t.Email, VerifiedAt: s.cfg.Sessions.Now(), Letters: []Letter{letter}}, err
	})
	if err != nil {
		return err
	}
	s.record(ctx, auth.EventUserUpdated, t.UserID, "", "change", "email")
	return nil
}

// UndoEmailChange gives a user the address back that they had: somebody else may have
// taken their account over, and know its password. The password and all sessions end, no
// other link in a mail works any more, and the address gets a link to choose a new
// password. ErrToken if the link cannot be used; ErrEmailTaken if the address is another
// account's by now.
func (s *Service) UndoEmailChange(ctx context.Context, secret string) error {
	u, err := s.redeem(ctx, PurposeUndo, secret, func(u auth.User, t Token) (Change, error) {
		reset, secret := s.newToken(PurposeReset, u.ID, t.Email, "", ResetLife)
		letter, err := s.letter(t.Email, resetWords(s.cfg.SiteName, s.page("/reset", secret)), reset)
		return Change{
			Email: t.Email, VerifiedAt: s.cfg.Sessions.Now(), VoidUndo: true, NoPassword: true,
			End: auth.ReasonEverywhere, Letters: []Letter{letter},
		}, err
	})
	if err != nil {
		return err
	}
	s.record(ctx, auth.EventUserUpdated, u.ID, "", "change", "email_undone")
	return nil
}
