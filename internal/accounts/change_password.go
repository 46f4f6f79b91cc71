package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// PasswordChange is a filled-in form of a user who is signed in.
type PasswordChange struct {
	User    auth.User // the session's
	Current string
	New     string
}

const notThePassword = "That's not your password."

// ChangePassword puts a new password in the place of the current one, ends all the
// user's sessions and tells them by mail (ASVS 6.2.2, 6.2.3, 7.4.3). It returns the
// credential for the login that follows. Invalid tells which of the fields current and
// password is wrong.
func (s *Service) ChangePassword(ctx context.Context, in PasswordChange) (credential string, err error) {
	password, problem := s.newPassword(in.New, in.User.Email, in.User.Name)
	if problem != "" {
		return "", Invalid{"password": problem}
	}
	proven, err := s.prove(ctx, in.User, in.Current)
	if err != nil {
		return "", invalidField("current", err)
	}
	if current, _ := NormalizePassword(in.Current); current == password {
		return "", Invalid{"password": "This is your password already. Choose another."}
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.change(ctx, in.User.ID, proven, func(u auth.User) (Change, error) {
		letter, err := s.letter(u.Email, ownChangeWords(s.cfg.SiteName, s.page("/forgot", "")), nil)
		return Change{PasswordHash: hash, End: auth.ReasonPassword, Letters: []Letter{letter}}, err
	})
	if err != nil {
		return "", invalidField("current", err)
	}
	s.record(ctx, auth.EventPasswordChange, in.User.ID, "", "by", "user")
	return auth.CredentialOf(hash), nil
}

// prove checks the password of a user who is signed in, and returns the credential
// that it was checked with. ErrCredentials if it is not theirs.
func (s *Service) prove(ctx context.Context, u auth.User, password string) (credential string, err error) {
	found, credential, err := s.checkPassword(ctx, u.Email, password)
	if err == nil && found.ID != u.ID { // the address is another user's by now
		err = ErrCredentials
	}
	if errors.Is(err, ErrCredentials) {
		s.record(ctx, auth.EventLoginFail, u.ID, "", "reason", "password", "at", "settings")
	}
	return credential, err
}

// change carries out a change of a user who has just proved who they are with
// credential. ErrCredentials if that is no longer what they prove themselves with.
func (s *Service) change(ctx context.Context, userID, credential string, plan func(auth.User) (Change, error)) error {
	var change Change
	changes, err := s.cfg.Tokens.ChangeAccount(ctx, userID, s.cfg.Sessions.Now(), func(u auth.User) (Change, error) {
		if u.Credential != credential || !u.DisabledAt.IsZero() {
			return Change{}, ErrCredentials
		}
		var err error
		change, err = plan(u)
		return change, err
	})
	if err != nil {
		return wrap("change account", err)
	}
	s.cfg.Sessions.Publish(ctx, userID, changes)
	s.voided(ctx, userID, change)
	s.sent(ctx, change.Letters...)
	return nil
}

// invalidField puts a wrong password where the form has it; other errors stay.
func invalidField(field string, err error) error {
	if errors.Is(err, ErrCredentials) {
		return Invalid{field: notThePassword}
	}
	return err
}
