package auth

import (
	"context"
	"errors"
	"time"

	"latchkey/internal/authjs"
)

// State is the outcome of checking a request's session cookie.
type State int

// The four outcomes.
const (
	StateNone        State = iota // no session of ours
	StateOK                       // signed in
	StateEnded                    // there was a session: Reason says what became of it
	StateUnavailable              // the database is needed and cannot be asked: neither in nor out
)

// Result is what a request's session cookie came to.
type Result struct {
	State   State
	Session Session // with StateOK; the caller's own copy
	Reason  Reason  // with StateEnded
	Cookie  string  // with StateOK: the value to set now; "" = leave the browser's cookie alone
	Err     error   // with StateUnavailable: for the log; with StateNone: the cookie may be good later
}

// Mode says what a request may do to its session.
type Mode struct {
	Renew       bool // it counts as activity: slide the expiry and set the cookie when due
	AskDatabase bool // ask the database whatever is remembered
}

// Authenticate checks a session cookie's value. It asks the database only when
// the last validation is older than RenewAfter, when this instance has learned
// of a change, when the cookie is of the other strategy, or when mode says so.
func (s *Service) Authenticate(ctx context.Context, value string, mode Mode) Result {
	r := s.authenticate(ctx, value, mode)
	r.Session = r.Session.clone()
	return r
}

// authenticate is the ladder. Each rung either answers or leaves the question
// to the next, which costs more.
func (s *Service) authenticate(ctx context.Context, value string, mode Mode) Result {
	now := s.Now()
	decoded, err := s.decode(value, now)
	if err != nil {
		return undecodable(err)
	}
	a := attempt{s, value, decoded, s.newest(decoded), mode}
	if reason, ended := s.endings.Ended(a.known.ID); ended {
		return a.refuse(ctx, a.known, reason)
	}
	if mode.Renew && a.cookieOutdated(a.known, now) {
		return a.renew(ctx)
	}
	if !mode.AskDatabase && s.trusted(a.known, now) {
		return Result{State: StateOK, Session: a.known}
	}
	r := a.validate(ctx)
	if r.State == StateOK && mode.Renew && a.cookieOutdated(r.Session, now) {
		return a.renew(ctx)
	}
	return r
}

// undecodable is the answer to a cookie that says nothing.
func undecodable(err error) Result {
	switch {
	case errors.Is(err, authjs.ErrExpired):
		return Result{State: StateEnded, Reason: ReasonExpired}
	case errors.Is(err, authjs.ErrNotYet): // the clocks are out of step: no reason to delete the cookie
		return Result{State: StateNone, Err: err}
	}
	return Result{State: StateNone}
}

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
