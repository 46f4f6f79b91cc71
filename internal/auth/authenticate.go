package auth

import (
	"context"
	"errors"

	"latchkey/internal/authjs"
)

// Authenticate checks a session cookie's value. It asks the database only when
// the last validation is older than RenewAfter, when this instance has learned
// of a change, when the cookie is of the other strategy, or when mode says so.
func (s *Service) Authenticate(ctx context.Context, value string, mode Mode) Result {
	r := s.authenticate(ctx, value, mode)
	if r.shared {
		r.Session = r.Session.clone()
	}
	return r
}

// authenticate is the ladder. Each rung either answers or leaves the question
// to the next, which costs more.
func (s *Service) authenticate(ctx context.Context, value string, mode Mode) Result {
	now := s.Now()
	c, remembered, err := s.recall(value, now)
	if err != nil {
		return s.undecodable(ctx, err)
	}
	a := attempt{s, c, mode}
	if reason, ended := s.endings.Ended(c.known.ID); ended {
		return a.refuse(ctx, &c.known, reason)
	}
	if mode.Renew && a.outdated(&c.known, now) {
		return a.renew(ctx)
	}
	if !mode.AskDatabase && s.trusted(&c.known, now) {
		if !remembered {
			s.cache.put(c)
		}
		return Result{State: StateOK, Session: c.known, shared: c.shared}
	}
	r := a.validate(ctx)
	if r.State == StateOK && mode.Renew && a.outdated(&r.Session, now) {
		return a.renew(ctx)
	}
	return r
}

// undecodable is the answer to a cookie that says nothing.
func (s *Service) undecodable(ctx context.Context, err error) Result {
	switch {
	case errors.Is(err, authjs.ErrExpired):
		if expired, ok := errors.AsType[*authjs.ExpiredError](err); ok {
			s.usedAfter(ctx, expired.Subject, expired.SessionID, ReasonExpired)
		}
		return Result{State: StateEnded, Reason: ReasonExpired}
	case errors.Is(err, authjs.ErrNotYet): // the clocks are out of step: no reason to delete the cookie
		return Result{State: StateNone, Err: err}
	}
	return Result{State: StateNone}
}
