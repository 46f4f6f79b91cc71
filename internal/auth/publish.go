package auth

import "context"

// Publish tells this instance what changed of a user's sessions, so that it
// refuses or asks again from now on. The other instances learn of it from the
// database. A package that changes a user calls it with what its store returned.
func (s *Service) Publish(ctx context.Context, userID string, changes []Change) {
	s.endings.Apply(changes...)
	for _, c := range changes {
		if c.Ended != "" {
			s.record(ctx, EventSessionExpired, userID, c.SessionID, "reason", string(c.Ended))
		}
	}
}
