package auth

import (
	"context"
	"time"
)

// Everybody is implemented by a store that can end the sessions of all users. No request
// needs that: it is for an operator, after a secret or a backup has come into the wrong
// hands.
type Everybody interface {
	// EndAny ends up to most of the sessions that have not ended, whoever has them, in
	// one transaction that first locks the rows of their users, and says which. more =
	// there may be others. A session that begins meanwhile ends with this call or a later
	// one.
	EndAny(ctx context.Context, most int, reason Reason, now time.Time) (changes []Change, more bool, err error)
}

// endAnyAtOnce is how many sessions of everybody one transaction ends at most: their users
// cannot sign in or out while it runs.
const endAnyAtOnce = 1000

// EndEverybody ends the sessions of all users and says how many, some at a time. Where it
// fails, those that had been reached until then have ended, and the next try goes on with
// the others. It is one event however many sessions there are.
func (s *Service) EndEverybody(ctx context.Context, store Everybody, reason Reason) (int, error) {
	total := 0
	for more := true; more; {
		var changes []Change
		var err error
		changes, more, err = store.EndAny(ctx, endAnyAtOnce, reason, s.Now())
		s.endings.Apply(changes...)
		total += len(changes)
		if err != nil {
			s.recordEverybody(ctx, total, reason)
			return total, wrap("end everybody's sessions", err)
		}
	}
	s.recordEverybody(ctx, total, reason)
	return total, nil
}

func (s *Service) recordEverybody(ctx context.Context, ended int, reason Reason) {
	s.record(ctx, EventSessionExpired, "", "", "reason", string(reason), "everybody", true, "sessions", ended)
}
