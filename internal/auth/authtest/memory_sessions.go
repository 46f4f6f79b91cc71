package authtest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"latchkey/internal/auth"
)

// Begin implements auth.Store.
func (s *Store) Begin(ctx context.Context, userID string, now time.Time, plan func(auth.User, auth.Lister) (auth.Plan, error)) ([]auth.Change, error) {
	var changes []auth.Change
	var planErr error // is returned as it is
	err := s.Do(ctx, "begin session", func(t *Tables) error {
		u := t.Users[userID]
		if u == nil {
			return auth.ErrNotFound
		}
		p, err := plan(StoredUser(*u), func(page auth.Page) ([]auth.Session, int, error) {
			list, total := t.page(userID, now, page)
			return list, total, nil
		})
		if err != nil {
			planErr = err
			return err
		}
		if t.sessions[p.New.ID] != nil || t.find(auth.Key{TokenHash: p.New.TokenHash}) != nil {
			return errDuplicate
		}
		t.buryExpired(userID, now)
		for _, e := range p.End {
			changes = append(changes, t.End(auth.Selector{UserID: userID, SessionID: e.SessionID}, e.Reason, now)...)
		}
		t.insert(userID, p.New)
		return nil
	})
	if planErr != nil {
		return nil, planErr
	}
	return changes, err
}

func (t *Tables) buryExpired(userID string, now time.Time) {
	for _, row := range t.sessions {
		if row.User.ID == userID && row.EndedAt.IsZero() && !isLive(row, now) {
			row.EndedAt, row.EndReason = Millis(now), auth.ReasonExpired
		}
	}
}

// insert keeps of a session what the databases have columns for.
func (t *Tables) insert(userID string, n auth.Session) {
	row := &auth.Session{
		ID: n.ID, User: auth.User{ID: userID}, Method: n.Method,
		CreatedAt: Millis(n.CreatedAt), AuthenticatedAt: Millis(n.AuthenticatedAt), LastSeenAt: Millis(n.LastSeenAt),
		ExpiresAt: Millis(n.ExpiresAt), AbsoluteExpiresAt: Millis(n.AbsoluteExpiresAt),
		IP: n.IP, UserAgent: n.UserAgent,
	}
	if len(n.TokenHash) > 0 {
		row.TokenHash = bytes.Clone(n.TokenHash)
	}
	t.sessions[row.ID] = row
}

// Find implements auth.Store.
func (s *Store) Find(ctx context.Context, key auth.Key) (session auth.Session, err error) {
	err = s.Do(ctx, "find session", func(t *Tables) error {
		row := t.find(key)
		if row == nil {
			return auth.ErrNotFound
		}
		session = t.joined(row)
		return nil
	})
	return session, err
}

func (t *Tables) find(key auth.Key) *auth.Session {
	if len(key.TokenHash) == 0 {
		return t.sessions[key.ID]
	}
	for _, row := range t.sessions {
		if bytes.Equal(row.TokenHash, key.TokenHash) {
			return row
		}
	}
	return nil
}

// Renew implements auth.Store.
func (s *Store) Renew(ctx context.Context, key auth.Key, r auth.Renewal) (session auth.Session, err error) {
	err = s.Do(ctx, "renew session", func(t *Tables) error {
		row := t.find(key)
		if row == nil || !isLive(row, r.Now) || t.Users[row.User.ID] == nil || !t.Users[row.User.ID].DisabledAt.IsZero() {
			return auth.ErrNotFound
		}
		if len(r.TokenHash) > 0 {
			if other := t.find(auth.Key{TokenHash: r.TokenHash}); other != nil && other != row {
				return errDuplicate
			}
			row.TokenHash = bytes.Clone(r.TokenHash)
		}
		row.LastSeenAt, row.ExpiresAt = Millis(r.Now), Millis(r.ExpiresAt)
		if row.ExpiresAt.After(row.AbsoluteExpiresAt) {
			row.ExpiresAt = row.AbsoluteExpiresAt
		}
		session = t.joined(row)
		return nil
	})
	return session, err
}

// End implements auth.Store.
func (s *Store) End(ctx context.Context, sel auth.Selector, reason auth.Reason, now time.Time) (changes []auth.Change, err error) {
	err = s.Do(ctx, "end sessions", func(t *Tables) error {
		changes = t.End(sel, reason, now)
		return nil
	})
	return changes, err
}

// End ends the selected sessions that have not ended, and says which.
func (t *Tables) End(sel auth.Selector, reason auth.Reason, now time.Time) []auth.Change {
	var selected []*auth.Session
	for id, row := range t.sessions {
		if row.User.ID == sel.UserID && (sel.SessionID == "" || id == sel.SessionID) && id != sel.Except && row.EndedAt.IsZero() {
			selected = append(selected, row)
		}
	}
	slices.SortFunc(selected, func(a, b *auth.Session) int { return leastRecent(*a, *b) })
	var changes []auth.Change
	for _, row := range selected[:min(len(selected), cmp.Or(sel.Most, len(selected)))] {
		row.EndedAt, row.EndReason = Millis(now), reason
		changes = append(changes, auth.Change{SessionID: row.ID, At: row.EndedAt, Ended: reason})
	}
	return changes
}

// EndAny implements auth.Everybody.
func (s *Store) EndAny(ctx context.Context, most int, reason auth.Reason, now time.Time) (changes []auth.Change, more bool, err error) {
	err = s.Do(ctx, "end any sessions", func(t *Tables) error {
		for _, row := range t.sessions {
			if !row.EndedAt.IsZero() {
				continue
			}
			if more = len(changes) == most; more {
				break
			}
			row.EndedAt, row.EndReason = Millis(now), reason
			changes = append(changes, auth.Change{SessionID: row.ID, At: row.EndedAt, Ended: reason})
		}
		return nil
	})
	return changes, more, err
}

// Live implements auth.Store.
func (s *Store) Live(ctx context.Context, userID string, now time.Time, page auth.Page) (list []auth.Session, total int, err error) {
	err = s.Do(ctx, "list sessions", func(t *Tables) error {
		list, total = t.page(userID, now, page)
		return nil
	})
	return list, total, err
}

// page is a page of the user's live sessions and how many are on all.
func (t *Tables) page(userID string, now time.Time, page auth.Page) (list []auth.Session, total int) {
	live := slices.DeleteFunc(t.Live(userID, now), func(s auth.Session) bool { return s.ID == page.Except })
	total = len(live)
	if page.LeastRecent {
		slices.SortFunc(live, leastRecent)
	}
	if page.After.ID != "" {
		live = slices.DeleteFunc(live, func(s auth.Session) bool { return newestFirst(s, page.After) <= 0 })
	}
	if i := slices.IndexFunc(live, func(s auth.Session) bool { return s.ID == page.First }); i > 0 {
		first := live[i]
		live = slices.Insert(slices.Delete(live, i, i+1), 0, first)
	}
	return live[:min(len(live), page.Limit)], total
}

func leastRecent(a, b auth.Session) int {
	return cmp.Or(a.LastSeenAt.Compare(b.LastSeenAt), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}
