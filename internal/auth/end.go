package auth

import "context"

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

// Sessions lists the user's live sessions, newest first.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	live, err := s.cfg.Store.Live(ctx, userID, s.Now())
	return live, wrap("list sessions", err)
}

// HasEnded reports whether this instance knows that the session has ended.
func (s *Service) HasEnded(sessionID string) bool {
	_, ended := s.endings.Ended(sessionID)
	return ended
}
