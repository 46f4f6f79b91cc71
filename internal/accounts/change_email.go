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
	token, secret := s.newToken(PurposeEmail, u.ID, email, "", VerifyLife)
	return s.send(ctx, email, newAddressWords(s.cfg.SiteName, s.page("/verify", secret)), token)
}

// ChangeEmail spends the token of such a link: the user signs in with the new address from
// now on. The owner of the former one is told and can undo it. ErrToken if the link cannot
// be used; ErrEmailTaken if somebody has signed up with the address meanwhile.
func (s *Service) ChangeEmail(ctx context.Context, secret string) error {
	t, err := s.FindToken(ctx, PurposeEmail, secret)
	if err != nil {
		return err
	}
	now := s.cfg.Sessions.Now()
	hash, _ := hashSecret(secret)
	changes, err := s.cfg.Tokens.SpendToken(ctx, hash, PurposeEmail, now, func(u auth.User, t Token) (Change, error) {
		if !u.DisabledAt.IsZero() {
			return Change{}, ErrToken
		}
		undo, secret := s.newToken(PurposeUndo, u.ID, u.Email, "", UndoLife)
		letter, err := s.letter(u.Email, addressChangedWords(s.cfg.SiteName, DisplayEmail(t.Email), s.page("/account/email/undo", secret)), undo)
		return Change{Email: t.Email, VerifiedAt: now, Letters: []Letter{letter}}, err
	})
	if err != nil {
		return wrap("change email", err)
	}
	s.cfg.Sessions.Publish(ctx, t.UserID, changes)
	s.record(ctx, "user_updated", t.UserID, "")
	return nil
}

// UndoEmailChange gives a user the address back that they had: somebody else may have
// taken their account over. All sessions end, no other link in a mail works any more, and
// the address gets a link to choose a new password. ErrToken if the link cannot be used;
// ErrEmailTaken if the address is another account's by now.
func (s *Service) UndoEmailChange(ctx context.Context, secret string) error {
	t, err := s.FindToken(ctx, PurposeUndo, secret)
	if err != nil {
		return err
	}
	now := s.cfg.Sessions.Now()
	hash, _ := hashSecret(secret)
	changes, err := s.cfg.Tokens.SpendToken(ctx, hash, PurposeUndo, now, func(u auth.User, t Token) (Change, error) {
		if !u.DisabledAt.IsZero() {
			return Change{}, ErrToken
		}
		reset, secret := s.newToken(PurposeReset, u.ID, t.Email, "", ResetLife)
		letter, err := s.letter(t.Email, resetWords(s.cfg.SiteName, s.page("/reset", secret)), reset)
		return Change{Email: t.Email, VerifiedAt: now, VoidUndo: true, End: auth.ReasonPassword, Letters: []Letter{letter}}, err
	})
	if err != nil {
		return wrap("undo change of email", err)
	}
	s.cfg.Sessions.Publish(ctx, t.UserID, changes)
	s.record(ctx, "user_updated", t.UserID, "")
	return nil
}
