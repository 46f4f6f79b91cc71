package auth

import (
	"context"
	"errors"
	"time"
)

// storeTimeout bounds the wait for the database while a request is being
// authenticated.
const storeTimeout = 2 * time.Second

// validate asks whether the session is live, and writes nothing.
func (a attempt) validate(ctx context.Context) Result {
	session, err := a.ask(ctx, "validate ", func(ctx context.Context, _ time.Time) (Session, error) {
		return a.cfg.Store.Find(ctx, a.says.Key)
	})
	if err != nil {
		return a.unanswered(err)
	}
	return a.accept(ctx, session, "")
}

// renew moves the session's expiry and makes the cookie that says so. A
// session that is not live cannot be renewed, so nothing done here can bring
// one back.
func (a attempt) renew(ctx context.Context) Result {
	token, hash, err := a.successor()
	if err != nil {
		return Result{State: StateUnavailable, Err: err}
	}
	session, err := a.ask(ctx, "renew ", func(ctx context.Context, now time.Time) (Session, error) {
		return a.cfg.Store.Renew(ctx, a.says.Key, Renewal{Now: now, ExpiresAt: now.Add(a.cfg.MaxAge), TokenHash: hash})
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return a.unanswered(err)
	}
	if err != nil {
		// Not live: the row says why. Or it cannot be written at the moment,
		// which is no reason to turn away a session that can be read.
		return a.validate(ctx)
	}
	a.renewals.Add(1)
	issued, err := a.issue(session, token)
	if err != nil { // the session is good; the browser keeps the cookie it has
		a.cfg.Log.ErrorContext(ctx, "renewed session has no new cookie", "user", session.User.ID, "error", err)
	}
	return a.accept(ctx, session, issued.Cookie)
}

// successor is the opaque token that the next cookie carries: the same one, or,
// where the cookie is of the other strategy, its replacement. hash is what the
// row must then keep, nil for what it has.
func (a attempt) successor() (token string, hash []byte, err error) {
	if !a.says.Foreign {
		return a.value, nil, nil
	}
	token, err = a.own.NewToken(a.says.Key.ID)
	if err == nil && token != "" {
		hash = hashToken(token)
	}
	return token, hash, err
}

// ask sends the requests that hold the same cookie to the database as one; but
// a request that must ask cannot join a question put before it came. What the
// database answers counts as validated when the question was put, so that a
// change made meanwhile is newer than the validation.
func (a attempt) ask(ctx context.Context, op string, query func(context.Context, time.Time) (Session, error)) (Session, error) {
	put := func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		now := a.Now()
		session, err := query(ctx, now)
		session.ValidatedAt = now
		return session, err
	}
	var v any
	var err error
	if a.mode.AskDatabase {
		v, err = put()
	} else {
		v, err, _ = a.flights.Do(op+a.value, put)
	}
	session := v.(Session)
	session.Extra = a.says.Session.Extra
	return session, wrap("authenticate", err)
}
