package auth

import "context"

// End ends sessions of one user and says how many. From the moment it returns
// they are refused here; other instances hear of it through the view. When the
// database cannot be reached it fails with ErrUnavailable and nothing ended.
func (s *Service) End(ctx context.Context, sel Selector, reason Reason) (int, error) {
	if sel.SessionID != "" && !isID(sel.SessionID) {
		return 0, nil
	}
	changes, err := s.store(ctx).End(ctx, sel, reason, s.Now())
	if err != nil {
		return 0, storeError("end sessions", err)
	}
	s.ended(ctx, sel.UserID, changes)
	return len(changes), nil
}

// Sessions lists the user's live sessions, newest first.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	live, err := s.store(ctx).Live(ctx, userID, s.Now())
	return live, storeError("list sessions", err)
}
