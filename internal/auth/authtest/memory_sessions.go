package authtest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"latchkey/internal/auth"
)

// Begin implements auth.SessionStore.
func (s *Store) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, []auth.Session) (auth.Plan, error)) ([]auth.Change, error) {
	end, err := s.begin(ctx, "begin session")
	if err != nil {
		return nil, err
	}
	defer end()
	a := s.users[userID]
	if a == nil {
		return nil, fmt.Errorf("begin session: %w", auth.ErrNotFound)
	}
	p, err := plan(storedUser(a.user), s.live(userID, now))
	if err != nil {
		return nil, err
	}
	if s.sessions[p.New.ID] != nil || s.find(auth.Key{TokenHash: p.New.TokenHash}) != nil {
		return nil, fmt.Errorf("begin session: %w", errDuplicate)
	}
	s.buryExpired(userID, now)
	var changes []auth.Change
	for _, e := range p.End {
		changes = append(changes, s.endSelected(auth.Selector{UserID: userID, SessionID: e.SessionID}, e.Reason, now)...)
	}
	s.insert(userID, p.New)
	return changes, nil
}

func (s *Store) buryExpired(userID string, now time.Time) {
	for _, row := range s.sessions {
		if row.User.ID == userID && row.EndedAt.IsZero() && !isLive(row, now) {
			row.EndedAt, row.EndReason = millis(now), auth.Expired
		}
	}
}

// insert keeps of a session what the databases have columns for.
func (s *Store) insert(userID string, n auth.Session) {
	row := &auth.Session{
		ID: n.ID, User: auth.User{ID: userID},
		CreatedAt: millis(n.CreatedAt), AuthenticatedAt: millis(n.AuthenticatedAt), LastSeenAt: millis(n.LastSeenAt),
		ExpiresAt: millis(n.ExpiresAt), AbsoluteExpiresAt: millis(n.AbsoluteExpiresAt),
		IP: n.IP, UserAgent: n.UserAgent,
	}
	if len(n.TokenHash) > 0 {
		row.TokenHash = bytes.Clone(n.TokenHash)
	}
	s.sessions[row.ID] = row
}

// Find implements auth.SessionStore.
func (s *Store) Find(ctx context.Context, key auth.Key) (auth.Session, error) {
	end, err := s.begin(ctx, "find session")
	if err != nil {
		return auth.Session{}, err
	}
	defer end()
	row := s.find(key)
	if row == nil {
		return auth.Session{}, fmt.Errorf("find session: %w", auth.ErrNotFound)
	}
	return s.joined(row), nil
}

func (s *Store) find(key auth.Key) *auth.Session {
	if len(key.TokenHash) == 0 {
		return s.sessions[key.ID]
	}
	for _, row := range s.sessions {
		if bytes.Equal(row.TokenHash, key.TokenHash) {
			return row
		}
	}
	return nil
}

// Renew implements auth.SessionStore.
func (s *Store) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (auth.Session, error) {
	end, err := s.begin(ctx, "renew session")
	if err != nil {
		return auth.Session{}, err
	}
	defer end()
	row := s.find(key)
	if row == nil || !isLive(row, r.Now) || s.users[row.User.ID] == nil || !s.users[row.User.ID].user.DisabledAt.IsZero() {
		return auth.Session{}, fmt.Errorf("renew session: %w", auth.ErrNotFound)
	}
	if len(r.TokenHash) > 0 {
		if other := s.find(auth.Key{TokenHash: r.TokenHash}); other != nil && other != row {
			return auth.Session{}, fmt.Errorf("renew session: %w", errDuplicate)
		}
		row.TokenHash = bytes.Clone(r.TokenHash)
	}
	row.LastSeenAt, row.ExpiresAt = millis(r.Now), millis(r.ExpiresAt)
	if row.ExpiresAt.After(row.AbsoluteExpiresAt) {
		row.ExpiresAt = row.AbsoluteExpiresAt
	}
	return s.joined(row), nil
}

// End implements auth.SessionStore.
func (s *Store) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) ([]auth.Change, error) {
	end, err := s.begin(ctx, "end sessions")
	if err != nil {
		return nil, err
	}
	defer end()
	return s.endSelected(sel, reason, now), nil
}

func (s *Store) endSelected(sel auth.Selector, reason auth.Reason, now time.Time) []auth.Change {
	var changes []auth.Change
	for id, row := range s.sessions {
		selected := row.User.ID == sel.UserID && (sel.SessionID == "" || id == sel.SessionID) && id != sel.Except
		if selected && row.EndedAt.IsZero() {
			row.EndedAt, row.EndReason = millis(now), reason
			changes = append(changes, auth.Change{SessionID: id, At: row.EndedAt, Ended: reason})
		}
	}
	return changes
}

// Live implements auth.SessionStore.
func (s *Store) Live(ctx context.Context, userID string, now time.Time) ([]auth.Session, error) {
	end, err := s.begin(ctx, "list sessions")
	if err != nil {
		return nil, err
	}
	defer end()
	return s.live(userID, now), nil
}
