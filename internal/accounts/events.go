package accounts

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"latchkey/internal/auth"
	"latchkey/internal/ratelimit"
)

// record takes note of a security event; details are as in auth.Event.
func (s *Service) record(ctx context.Context, name, userID, sessionID string, details ...any) {
	s.cfg.Events.Record(ctx, auth.Event{Name: name, UserID: userID, SessionID: sessionID, Details: details})
}

// limited takes note that a budget is used up, of passwords, mails or sign-ups.
func (s *Service) limited(ctx context.Context, of string, err error) error {
	if _, ok := errors.AsType[*ratelimit.Error](err); ok {
		s.record(ctx, auth.EventRateLimit, "", "", "of", of)
	}
	return wrap("count tries", err)
}

// sent takes note of the links in mails.
func (s *Service) sent(ctx context.Context, letters ...Letter) {
	for _, l := range letters {
		if l.Token != nil {
			s.record(ctx, auth.EventTokenCreated, l.Token.UserID, "", "purpose", string(l.Token.Purpose))
		}
	}
}

// dead takes note that somebody has tried a link that is of no use: spent, void, too old or
// made up.
func (s *Service) dead(ctx context.Context, purpose Purpose, err error) error {
	if errors.Is(err, ErrToken) {
		s.record(ctx, auth.EventTokenReuse, "", "", "purpose", string(purpose))
	}
	return err
}

// voided takes note that the links in a user's mailbox are of no use any more.
func (s *Service) voided(ctx context.Context, userID string, change Change) {
	if change.Voids() && !change.Delete {
		s.record(ctx, auth.EventTokenRevoked, userID, "", "reason", "account_changed")
	}
}

// updated takes note of what has been changed of a user, without what it was.
func (s *Service) updated(ctx context.Context, userID string, before, after Editable) {
	var attributes []string
	add := func(name string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			attributes = append(attributes, name)
		}
	}
	add("name", before.Name, after.Name)
	add("image", before.Image, after.Image)
	add("profile", before.Profile, after.Profile)
	add("max_sessions", before.MaxSessions, after.MaxSessions)
	s.record(ctx, auth.EventUserUpdated, userID, "", "attributes", attributes)
	if !slices.Equal(before.Profile.Roles, after.Profile.Roles) {
		s.record(ctx, auth.EventAuthzChange, userID, "", "from", before.Profile.Roles, "to", after.Profile.Roles)
	}
}
