package auth

import (
	"time"

	"latchkey/internal/authjs"
)

// attempt is one request's way to a verdict once its cookie has been decoded.
type attempt struct {
	*Service
	value   string
	decoded Decoded
	known   Session // the newest validation at hand
	mode    Mode
}

// newest is the newest validation of the session: the cookie's own or one that
// this instance remembers.
func (s *Service) newest(d Decoded) Session {
	known := s.recent.get(d.Key)
	if d.Session.ValidatedAt.After(known.ValidatedAt) {
		return d.Session
	}
	known.Extra = d.Session.Extra
	return known
}

// trusted reports whether a validation may be relied on without asking. One
// from the future, made before the clock was set back, may not: it would be
// relied on for too long.
func (s *Service) trusted(known Session, now time.Time) bool {
	age := now.Sub(known.ValidatedAt)
	return !known.ValidatedAt.IsZero() && age < s.cfg.RenewAfter && age >= -authjs.Leeway &&
		known.live(now) && s.endings.Trusts(known.ID, known.ValidatedAt)
}

// cookieOutdated reports whether the cookie should be replaced: it is of the
// other strategy, a renewal is due, or the claims it carries have changed since.
func (a attempt) cookieOutdated(known Session, now time.Time) bool {
	if known.ID == "" {
		return false // nothing is known yet: before anything is written, the database is asked
	}
	carried := a.decoded.Session
	return a.decoded.Foreign || a.renewalDue(known, now) ||
		carried.ID != "" && !a.endings.Trusts(carried.ID, carried.ValidatedAt) && !a.trusted(known, now)
}

// renewalDue reports whether the session was renewed long enough ago. Up to a
// tenth earlier, by the last digits of that time, so that sessions begun
// together do not all come back together.
func (s *Service) renewalDue(known Session, now time.Time) bool {
	jitter := s.cfg.RenewAfter / 10 * time.Duration(known.LastSeenAt.UnixMilli()%1000) / 1000
	return now.Sub(known.LastSeenAt) >= s.cfg.RenewAfter-jitter
}
