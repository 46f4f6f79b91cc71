package auth

import (
	"time"

	"latchkey/internal/authjs"
)

// attempt is one request's way to a verdict once its cookie has been opened.
type attempt struct {
	*Service
	*cookie
	mode Mode
}

// recall opens a cookie, or remembers what is in it. What is remembered counts for as long
// as it would open: a token has a beginning and an end.
func (s *Service) recall(value string, now time.Time) (c *cookie, remembered bool, err error) {
	if c := s.cache.get(value); c != nil && c.says.believable(now) {
		return c, true, nil
	}
	says, err := s.decode(value, now)
	if err != nil {
		s.cache.drop(value)
		return nil, false, err
	}
	return newCookie(value, says), false, nil
}

// trusted reports whether a validation may be relied on without asking. One
// from the future, made before the clock was set back, may not: it would be
// relied on for too long.
func (s *Service) trusted(known *Session, now time.Time) bool {
	age := now.Sub(known.ValidatedAt)
	return !known.ValidatedAt.IsZero() && age < s.cfg.RenewAfter && age >= -authjs.Leeway &&
		known.live(now) && s.endings.Trusts(known.ID, known.ValidatedAt)
}

// outdated reports whether the cookie should be replaced: it is of the other strategy, a
// renewal is due, or the claims it carries have changed since.
func (a attempt) outdated(known *Session, now time.Time) bool {
	if known.ID == "" {
		return false // nothing is known yet: before anything is written, the database is asked
	}
	carried := &a.says.Session
	return a.says.Foreign || a.renewalDue(known, now) ||
		carried.ID != "" && !a.endings.Trusts(carried.ID, carried.ValidatedAt) && !a.trusted(known, now)
}

// renewalDue reports whether the session was renewed long enough ago. Up to a
// tenth earlier, by the last digits of that time, so that sessions begun
// together do not all come back together.
func (s *Service) renewalDue(known *Session, now time.Time) bool {
	every := s.renewEvery()
	jitter := every / 10 * time.Duration(known.LastSeenAt.UnixMilli()%1000) / 1000
	return now.Sub(known.LastSeenAt) >= every-jitter
}

// renewEvery is how old a renewal becomes. Where every request reads the row, because
// RenewAfter is 0, not every request writes it.
func (s *Service) renewEvery() time.Duration {
	if s.cfg.RenewAfter > 0 {
		return s.cfg.RenewAfter
	}
	return min(time.Minute, s.cfg.MaxAge/4)
}
