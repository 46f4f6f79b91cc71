package auth

import (
	"cmp"
	"context"
	"errors"
	"math"
)

// endAtOnce is how many sessions one transaction ends at most: a user with very
// many holds up nobody else for long, and memory stays small.
const endAtOnce = 5000

// End ends sessions of one user and says how many. From the moment it returns
// they are refused here; other instances learn of it from the database. When
// the database cannot be reached it fails with ErrUnavailable and nothing ended;
// of more than 5,000 sessions, those that had been reached until then have.
func (s *Service) End(ctx context.Context, sel Selector, reason Reason) (int, error) {
	if sel.SessionID != "" && !IsID(sel.SessionID) {
		return 0, nil
	}
	now, left, total := s.Now(), cmp.Or(sel.Most, math.MaxInt), 0
	for left > 0 {
		sel.Most = min(left, endAtOnce)
		changes, err := s.cfg.Store.End(ctx, sel, reason, now)
		if err != nil {
			return total, wrap("end sessions", err)
		}
		s.Publish(ctx, sel.UserID, changes)
		total += len(changes)
		left -= len(changes)
		if len(changes) < sel.Most {
			break
		}
	}
	return total, nil
}

// thinOut ends so many of the sessions in a login's way, the least recently
// seen, that few enough for its transaction are left.
func (s *Service) thinOut(ctx context.Context, login Login, tooMany int) error {
	few := Selector{UserID: login.UserID, Except: login.Current.ID, Most: tooMany - evictAtOnce/2}
	_, err := s.End(ctx, few, ReasonLimit)
	return err
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

// Sessions lists a page of the user's live sessions and says how many they have.
func (s *Service) Sessions(ctx context.Context, userID string, page Page) (list []Session, total int, err error) {
	list, total, err = s.cfg.Store.Live(ctx, userID, s.Now(), page)
	return list, total, wrap("list sessions", err)
}

// HasEnded reports whether this instance knows that the session has ended.
func (s *Service) HasEnded(sessionID string) bool {
	_, ended := s.EndedAs(sessionID)
	return ended
}

// EndedAs says why the session has ended, if this instance knows that it has.
func (s *Service) EndedAs(sessionID string) (Reason, bool) { return s.endings.Ended(sessionID) }
