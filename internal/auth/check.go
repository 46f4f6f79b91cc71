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

// cookieOutdated reports whether the cookie should be replaced: it is of the
// other strategy, a renewal is due, or the claims it carries have changed since.
func (c check) cookieOutdated(known Session, now time.Time) bool {
	if known.ID == "" {
		return false // nothing is known yet: before anything is written, the database is asked
	}
	carried := c.proof.Session
	return c.proof.Foreign || c.renewalDue(known, now) ||
		carried.ID != "" && !c.view.Trusts(carried.ID, carried.ValidatedAt) && !c.usable(known, now)
}

// validate asks whether the session is live, and writes nothing.
func (c check) validate(ctx context.Context) Result {
	session, err := c.ask(ctx, "validate ", func(ctx context.Context, _ time.Time) (Session, error) {
		return c.store(ctx).Find(ctx, c.proof.Key)
	})
	if err != nil {
		return c.failed(ctx, err)
	}
	return c.accept(ctx, session, "")
}

// accept lets a session in that the database vouches for, unless it has ended
// while the answer was on its way.
func (c check) accept(ctx context.Context, session Session, cookie string) Result {
	if reason, ended := c.view.Ended(session.ID); ended {
		return c.refuse(ctx, session, reason)
	}
	if reason := standing(session, c.Now()); reason != "" {
		return c.refuse(ctx, session, reason)
	}
	c.recent.put(c.proof.Key, session)
	return Result{State: OK, Session: session, Cookie: cookie}
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
		return c.store(ctx).Renew(ctx, c.proof.Key, Renewal{Now: now, ExpiresAt: now.Add(c.cfg.MaxAge), TokenHash: hash})
	})
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return c.failed(ctx, err)
		}
		// Not live: the row says why. Or it cannot be written at the moment,
		// which is no reason to turn away who can be read.
		return c.validate(ctx)
	}
	issued, err := c.issue(session, token)
	if err != nil { // the session is good; the browser keeps the cookie it has
		c.cfg.Log.ErrorContext(ctx, "renewed session has no new cookie", "user", session.User.ID, "error", err)
	}
	return c.accept(ctx, session, issued.Cookie)
}

// successor is the opaque token that the next cookie carries: the same one, or,
// where the cookie is of the other strategy, its replacement. hash is what the
// row must then keep, nil for what it has.
func (c check) successor() (token string, hash []byte, err error) {
	if !c.proof.Foreign {
		return c.value, nil, nil
	}
	token, err = c.own.Token(c.proof.Key.ID)
	if err == nil && token != "" {
		hash = hashToken(token)
	}
	return token, hash, err
}

// ask sends the requests that hold the same cookie to the database as one; but
// one that must be fresh cannot join a question put before it came. What the
// database answers counts as validated when the question was put, so that a
// change made meanwhile is newer than the validation.
func (c check) ask(ctx context.Context, op string, query func(context.Context, time.Time) (Session, error)) (Session, error) {
	put := func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		now := c.Now()
		session, err := query(ctx, now)
		session.ValidatedAt = now
		return session, err
	}
	var v any
	var err error
	if c.mode.Fresh {
		v, err = put()
	} else {
		v, err, _ = c.flights.Do(op+c.value, put)
	}
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
	if !c.mode.Fresh && c.usable(c.known, c.Now()) {
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
