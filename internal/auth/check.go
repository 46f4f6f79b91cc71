package auth

import (
	"context"
	"errors"
	"time"
)

// check is one request's way to a verdict once its cookie has been read.
type check struct {
	*Service
	value string
	proof Proof
	known Session
	mode  Mode
}

// cookieOutdated reports whether the cookie should be replaced: a renewal is
// due, or the claims it carries have changed since.
func (c check) cookieOutdated(now time.Time) bool {
	if c.known.ID == "" {
		return false // nothing is known yet; the database will say
	}
	carried := c.proof.Session
	return c.renewalDue(c.known, now) ||
		carried.ID != "" && !c.view.Trusts(carried.ID, carried.ValidatedAt) && !c.usable(c.known, now)
}

// validate asks whether the session is live, and writes nothing.
func (c check) validate(ctx context.Context) Result {
	session, err := c.ask(ctx, "validate ", func(ctx context.Context, _ time.Time) (Session, error) {
		return c.cfg.Store.Find(ctx, c.proof.Key)
	})
	if err != nil {
		return c.failed(ctx, err)
	}
	if reason := standing(session, c.now()); reason != "" {
		return c.refuse(ctx, session, reason)
	}
	c.recent.put(c.proof.Key, session)
	return Result{State: OK, Session: session}
}

// renew moves the session's expiry and makes the cookie that says so. A
// session that is not live cannot be renewed, so nothing done here can bring
// one back.
func (c check) renew(ctx context.Context) Result {
	token, hash, err := c.successor()
	if err != nil {
		return Result{State: Unavailable, Err: err}
	}
	session, err := c.ask(ctx, "renew ", func(ctx context.Context, now time.Time) (Session, error) {
		return c.cfg.Store.Renew(ctx, c.proof.Key, Renewal{Now: now, ExpiresAt: now.Add(c.cfg.MaxAge), TokenHash: hash})
	})
	if errors.Is(err, ErrNotFound) {
		return c.validate(ctx) // not live: the row says why
	}
	if err != nil {
		return c.failed(ctx, err)
	}
	c.recent.put(c.proof.Key, session)
	issued, err := c.issue(session, token)
	if err != nil { // the session is good; the browser keeps the cookie it has
		c.cfg.Log.ErrorContext(ctx, "renewed session has no new cookie", "user", session.User.ID, "error", err)
	}
	return Result{State: OK, Session: session, Cookie: issued.Cookie}
}

// successor is the opaque token that the next cookie carries: the same one, or,
// where the cookie is of the other strategy, its replacement. hash is what the
// row must then keep, nil for what it has.
func (c check) successor() (token string, hash []byte, err error) {
	if !c.proof.Foreign {
		return c.value, nil, nil
	}
	token, err = c.own.Token(c.value)
	if err == nil && token != "" {
		hash = hashToken(token)
	}
	return token, hash, err
}

// ask sends the requests that hold the same cookie to the database as one.
// What it answers counts as validated when the question was put, so that a
// change made meanwhile is newer than the validation.
func (c check) ask(ctx context.Context, op string, query func(context.Context, time.Time) (Session, error)) (Session, error) {
	v, err, _ := c.flights.Do(op+c.value, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		now := c.now()
		session, err := query(ctx, now)
		session.ValidatedAt = now
		return session, err
	})
	session := v.(Session)
	session.Extra = c.proof.Session.Extra
	return session, storeError("authenticate", err)
}

// failed is the answer when the row is gone or the database cannot be asked.
// During an outage what was validated recently still counts, until it is due.
func (c check) failed(ctx context.Context, err error) Result {
	if errors.Is(err, ErrNotFound) {
		c.recent.drop(c.proof.Key)
		return Result{State: None}
	}
	if !c.mode.Fresh && c.usable(c.known, c.now()) {
		return Result{State: OK, Session: c.known}
	}
	return Result{State: Unavailable, Err: err}
}

// refuse is the answer to a session that has ended. The view learns of it, so
// that the next request need not ask.
func (c check) refuse(ctx context.Context, session Session, reason Reason) Result {
	c.recent.drop(c.proof.Key)
	if !session.EndedAt.IsZero() {
		c.view.Apply(Change{SessionID: session.ID, At: session.EndedAt, Ended: reason})
	}
	c.event(ctx, "session_use_after_end", session.User.ID, session.ID, "reason", string(reason))
	return Result{State: Ended, Reason: reason}
}

// standing says why a session may not be used, or "".
func standing(s Session, now time.Time) Reason {
	switch {
	case !s.EndedAt.IsZero():
		return s.EndReason
	case s.User.ID == "":
		return Deleted
	case !s.User.DisabledAt.IsZero():
		return Admin
	case !s.live(now):
		return Expired
	}
	return ""
}
