package auth

import (
	"context"
	"errors"
)

// accept lets a session in that the database vouches for, unless it has ended
// while the answer was on its way. next is the cookie to set; "" = none.
func (a attempt) accept(ctx context.Context, session Session, next string) Result {
	if reason, ended := a.endings.Ended(session.ID); ended {
		return a.refuse(ctx, &session, reason)
	}
	if reason := session.notLive(a.Now()); reason != "" {
		return a.refuse(ctx, &session, reason)
	}
	if named := a.says.UserID; named != "" && named != session.User.ID {
		// Another application that has the secret made this token, or it leaked.
		if a.told.due("named "+session.ID, a.Now()) {
			a.record(ctx, EventAuthzFail, session.User.ID, session.ID, "resource", "session", "named", named)
		}
		return Result{State: StateNone}
	}
	session.TokenHash = nil // nobody needs it from here on
	c := a.with(session)
	a.cache.put(c)
	return Result{State: StateOK, Session: session, Cookie: next, shared: c.shared}
}

// refuse is the answer to a session that has ended. This instance remembers it,
// so that the next request need not ask.
func (a attempt) refuse(ctx context.Context, session *Session, reason Reason) Result {
	a.cache.drop(a.value)
	if !session.EndedAt.IsZero() {
		a.endings.Apply(Change{SessionID: session.ID, At: session.EndedAt, Ended: reason})
	}
	a.usedAfter(ctx, session.User.ID, session.ID, reason)
	return Result{State: StateEnded, Reason: reason, EndedID: session.ID}
}

// unanswered is the answer when the row is gone or the database cannot be asked.
// During an outage what was validated recently still counts, until it is due.
func (a attempt) unanswered(err error) Result {
	if errors.Is(err, ErrNotFound) {
		a.cache.drop(a.value)
		a.distrust()
		return Result{State: StateNone}
	}
	if !a.mode.AskDatabase && a.trusted(&a.known, a.Now()) {
		return Result{State: StateOK, Session: a.known, shared: a.shared}
	}
	return Result{State: StateUnavailable, Err: err}
}

// distrust has the database asked for every further request with a token whose row is gone:
// the token would be believed for RenewAfter, and its user sent back and forth between a
// page that asks the database and one that does not.
func (a attempt) distrust() {
	said := &a.says.Session
	if said.ID != "" && a.endings.Trusts(said.ID, said.ValidatedAt) {
		a.endings.Apply(Change{SessionID: said.ID, At: a.Now()})
	}
}

// usedAfter takes note that the cookie of a session came after its end.
func (s *Service) usedAfter(ctx context.Context, userID, sessionID string, reason Reason) {
	if s.told.due(sessionID, s.Now()) {
		s.record(ctx, EventSessionUseAfterExpire, userID, sessionID, "reason", string(reason))
	}
}
