package auth

import (
	"context"
	"errors"
)

// End ends sessions of one user and says how many. From the moment it returns
// they are refused here; other instances learn of it from the database. When
// the database cannot be reached it fails with ErrUnavailable and nothing ended.
func (s *Service) End(ctx context.Context, sel Selector, reason Reason) (int, error) {
	if sel.SessionID != "" && !IsID(sel.SessionID) {
		return 0, nil
	}
	changes, err := s.cfg.Store.End(ctx, sel, reason, s.Now())
	if err != nil {
		return 0, wrap("end sessions", err)
	}
	s.Publish(ctx, sel.UserID, changes)
	return len(changes), nil
}

// SignOut ends the session that a cookie names, as the database knows it: what
// the cookie says of its user is not believed. A cookie that names no session has
// nothing to end.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	decoded, err := s.decode(cookie, s.Now())
	if err != nil {
		return nil
	}
	session, err := s.cfg.Store.Find(ctx, decoded.Key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return wrap("sign out", err)
	}
	_, err = s.End(ctx, Selector{UserID: session.User.ID, SessionID: session.ID}, ReasonSignedOut)
	return err
}

// Sessions lists the user's live sessions, newest first.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	live, err := s.cfg.Store.Live(ctx, userID, s.Now())
	return live, wrap("list sessions", err)
}

// HasEnded reports whether this instance knows that the session has ended.
func (s *Service) HasEnded(sessionID string) bool {
	_, ended := s.EndedAs(sessionID)
	return ended
}

// EndedAs says why the session has ended, if this instance knows that it has.
func (s *Service) EndedAs(sessionID string) (Reason, bool) { return s.endings.Ended(sessionID) }
