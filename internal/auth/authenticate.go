package auth

import (
	"context"
	"errors"
	"time"

	"latchkey/internal/authjs"
)

// State is the outcome of checking a request's session cookie.
type State int

const (
	None        State = iota // no session of ours
	OK                       // signed in
	Ended                    // there was a session: Reason says what became of it
	Unavailable              // the database is needed and cannot be asked: neither in nor out
)

// Result is what a request's session cookie came to.
type Result struct {
	State   State
	Session Session // with OK
	Reason  Reason  // with Ended
	Cookie  string  // with OK: the value to set now; "" = leave the browser's cookie alone
	Err     error   // with Unavailable: for the log; with None: the cookie may be good later
}

// Mode says what a request may do to its session.
type Mode struct {
	Renew bool // it counts as activity: slide the expiry and set the cookie when due
	Fresh bool // ask the database whatever is remembered
}

// storeTimeout bounds the wait for the database while a request is being
// authenticated.
const storeTimeout = 2 * time.Second

// Authenticate checks a session cookie's value. It asks the database only when
// the last validation is older than RenewAfter, when the view knows of a
// change, or when the cookie is of the other strategy.
func (s *Service) Authenticate(ctx context.Context, value string, mode Mode) Result {
	now := s.Now()
	proof, err := s.prove(value, now)
	if isExpired(err) {
		return Result{State: Ended, Reason: Expired}
	}
	if errors.Is(err, authjs.ErrNotYet) {
		return Result{State: None, Err: err} // the clocks are out of step: no reason to delete the cookie
	}
	if err != nil {
		return Result{State: None}
	}
	c := check{s, value, proof, s.known(proof), mode}
	if reason, ended := s.view.Ended(c.known.ID); ended {
		return c.refuse(ctx, c.known, reason)
	}
	if mode.Renew && c.cookieOutdated(c.known, now) {
		return c.renew(ctx)
	}
	if !mode.Fresh && s.usable(c.known, now) {
		return Result{State: OK, Session: c.known}
	}
	r := c.validate(ctx)
	if r.State == OK && mode.Renew && c.cookieOutdated(r.Session, now) {
		return c.renew(ctx)
	}
	return r
}

// known is the newest validation of the session: the cookie's own or one that
// this process remembers.
func (s *Service) known(p Proof) Session {
	known := s.recent.get(p.Key)
	if p.Session.ValidatedAt.After(known.ValidatedAt) {
		return p.Session
	}
	known.Extra = p.Session.Extra
	return known
}

// usable reports whether a validation may be relied on without asking. One
// from the future, made before the clock was set back, may not: it would be
// relied on for too long.
func (s *Service) usable(known Session, now time.Time) bool {
	age := now.Sub(known.ValidatedAt)
	return !known.ValidatedAt.IsZero() && age < s.cfg.RenewAfter && age >= -authjs.Leeway &&
		known.live(now) && s.view.Trusts(known.ID, known.ValidatedAt)
}

// renewalDue reports whether the session was renewed long enough ago. Up to a
// tenth earlier, by the last digits of that time, so that sessions begun
// together do not all come back together.
func (s *Service) renewalDue(known Session, now time.Time) bool {
	jitter := s.cfg.RenewAfter / 10 * time.Duration(known.LastSeenAt.UnixMilli()%1000) / 1000
	return now.Sub(known.LastSeenAt) >= s.cfg.RenewAfter-jitter
}
