package auth

import (
	"context"
	"errors"
)

// Begin is the one way in: it begins a session for a user who has proved who
// they are, by whatever means. The limit on concurrent sessions is applied here
// and nowhere else. Under the deny policy a *LimitError carries the confirmation
// that Confirm takes. ErrDisabled for an account that may not sign in;
// ErrCredentialChanged if the password was changed since it was verified;
// ErrNotFound if there is no such account.
func (s *Service) Begin(ctx context.Context, login Login) (Issued, error) {
	issued, err := s.begin(ctx, login, func(u User, list Lister) ([]Ending, error) {
		return admit(list, login.Current.ID, s.LimitOf(u), s.cfg.Policy)
	})
	return issued, s.confirmable(ctx, login, err)
}

// confirmable gives a LimitError its confirmation.
func (s *Service) confirmable(ctx context.Context, login Login, err error) error {
	full, ok := errors.AsType[*LimitError](err)
	if !ok {
		return err
	}
	full.Confirmation = s.confirmations.mint(confirmation{login.UserID, login.Method, login.Credential, fingerprint(full.Live)}, s.Now())
	s.record(ctx, EventLoginFail, login.UserID, "", "reason", "session_limit")
	return full
}

// begin runs the login transaction: limit decides what makes room, and the row
// is written under the user's lock, so that no two logins count the same
// sessions. The id and the token are always new: nothing that the browser sent
// is adopted (session fixation).
func (s *Service) begin(ctx context.Context, login Login, limit func(u User, list Lister) ([]Ending, error)) (Issued, error) {
	token, err := s.own.NewToken("")
	if err != nil {
		return Issued{}, err
	}
	session := s.newSession(login, token)
	var issued Issued
	changes, err := s.cfg.Store.Begin(ctx, login.UserID, session.CreatedAt, func(u User, list Lister) (Plan, error) {
		if !u.DisabledAt.IsZero() {
			return Plan{}, ErrDisabled
		}
		if login.Credential != "" && login.Credential != u.Credential {
			return Plan{}, ErrCredentialChanged
		}
		u.Credential = "" // for here alone
		end, err := limit(u, list)
		if err != nil {
			return Plan{}, err
		}
		// A login whose claims fit no cookie must neither leave a session that no browser
		// holds nor sign out another device.
		session.User = u
		issued, err = s.issue(session, token)
		return Plan{End: end, New: session}, err
	})
	if crowd, ok := errors.AsType[crowdError](err); ok {
		if err := s.thinOut(ctx, login, int(crowd)); err != nil {
			return Issued{}, err
		}
		return s.begin(ctx, login, limit)
	}
	if err != nil {
		return Issued{}, wrap("begin a session", err)
	}
	s.Publish(ctx, login.UserID, changes)
	s.remember(issued)
	s.replaceOther(ctx, login)
	s.record(ctx, EventSessionCreated, login.UserID, session.ID, "strategy", s.own.Name(), "method", string(login.Method))
	return issued, nil
}

// remember keeps a session that has just begun: the database has vouched for it, and its
// first request need not ask.
func (s *Service) remember(issued Issued) {
	says, err := s.decode(issued.Cookie, s.Now())
	if err != nil { // a clock that was set back meanwhile
		return
	}
	issued.Session.TokenHash = nil
	s.cache.put(newCookie(issued.Cookie, says).with(issued.Session))
}

// replaceOther ends what this browser held for another user: signing in as
// someone else must not leave the first user's session behind. It is outside
// the login's transaction, which locks one user only.
func (s *Service) replaceOther(ctx context.Context, login Login) {
	current := login.Current
	if current.ID == "" || current.User.ID == login.UserID {
		return
	}
	if _, err := s.End(ctx, Selector{UserID: current.User.ID, SessionID: current.ID}, ReasonReplaced); err != nil {
		s.cfg.Log.WarnContext(ctx, "the browser's former session was not ended; it expires by itself", "user", current.User.ID, "error", err)
	}
}
