package accounts

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

// MethodLink is a link in a mail.
const MethodLink auth.Method = "email"

// SendLink mails the user of an address a link that signs in. Nothing tells the caller
// whether there is such a user. The link remembers browser, a text of the caller's, as the
// Data of its token. Invalid if it is no address.
func (s *Service) SendLink(ctx context.Context, typedEmail, browser string) error {
	return s.mailTo(ctx, typedEmail, func(u auth.User) error {
		token, secret := s.newToken(PurposeLink, u.ID, u.Email, browser, LinkLife)
		return s.send(ctx, u.Email, linkWords(s.cfg.SiteName, s.page("/signin/link/open", secret)), token)
	})
}

// LinkLogin is a link that somebody opens, with what the server knows of their browser.
type LinkLogin struct {
	Secret  string
	Knows   Knows // UserID alone counts
	Client  auth.Client
	Current auth.Session // the live session this browser already has; zero = none
}

// OpenLink spends the token of a link and begins a session. ErrToken if the link cannot be
// used; ErrSessionLimit under the deny policy, whose confirmation is as good as the link
// was.
//
// The link proves the address. If nobody has proved it before, the account's password may
// be a stranger's: unless this browser is known to know it, the password and all sessions
// end. stripped tells that this was so.
func (s *Service) OpenLink(ctx context.Context, in LinkLogin) (issued auth.Issued, stripped bool, err error) {
	notice, err := s.FindToken(ctx, PurposeLink, in.Secret)
	if err != nil {
		return issued, false, s.dead(ctx, PurposeLink, err)
	}
	u, err := s.spend(ctx, PurposeLink, in.Secret, func(u auth.User) (Change, error) {
		stripped = false // so far: this may be asked twice
		if !u.EmailVerifiedAt.IsZero() {
			return Change{}, nil
		}
		change := Change{VerifiedAt: s.cfg.Sessions.Now()}
		if u.Credential == "" || in.Knows.UserID == u.ID {
			return change, nil
		}
		letter, err := s.letter(notice.Email, strippedWords(s.cfg.SiteName, s.page("/forgot", "")), nil)
		stripped, change.NoPassword, change.End, change.Letters = true, true, auth.ReasonPassword, []Letter{letter}
		return change, err
	})
	if err != nil {
		return issued, false, err
	}
	issued, err = s.Begin(ctx, auth.Login{UserID: u.ID, Method: MethodLink, Client: in.Client, Current: in.Current})
	if errors.Is(err, auth.ErrDisabled) || errors.Is(err, auth.ErrNotFound) {
		err = ErrToken
	}
	if err != nil {
		return issued, stripped, err
	}
	s.record(ctx, auth.EventLoginSuccess, u.ID, issued.Session.ID)
	return issued, stripped, nil
}
