package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// begin runs the login transaction: room is made and the row written under the
// user's lock, so no two logins count the same sessions. The id and the token
// are always new: nothing the browser sent is adopted (session fixation).
func (s *Service) begin(ctx context.Context, userID string, client Client, held Session,
	room func(u User, live []Session, replaced string) ([]Ending, error)) (Issued, error) {
	token, err := s.own.Token("")
	if err != nil {
		return Issued{}, err
	}
	now := s.Now()
	session := Session{
		ID: randomText(16), CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ValidatedAt: now,
		ExpiresAt: earlier(now.Add(s.cfg.MaxAge), now.Add(s.cfg.AbsoluteMaxAge)), AbsoluteExpiresAt: now.Add(s.cfg.AbsoluteMaxAge),
		IP: client.IP, UserAgent: printable(client.UserAgent, 512),
	}
	if token != "" {
		session.TokenHash = hashToken(token)
	}
	changes, err := s.store(ctx).Begin(ctx, userID, now, func(u User, live []Session) (Plan, error) {
		if !u.DisabledAt.IsZero() {
			return Plan{}, ErrCredentials
		}
		session.User = u
		end, err := room(u, live, held.ID)
		return Plan{End: end, New: session}, err
	})
	if err != nil {
		return Issued{}, storeError("begin a session", err)
	}
	s.ended(ctx, userID, changes)
	s.replaceOther(ctx, userID, held)
	s.event(ctx, "session_created", userID, session.ID, "strategy", s.own.Name())
	issued, err := s.issue(session, token)
	if err != nil { // nobody can hold it, so it must not count
		_, endErr := s.End(ctx, Selector{UserID: userID, SessionID: session.ID}, SignedOut)
		return Issued{}, errors.Join(err, endErr)
	}
	return issued, nil
}

// replaceOther ends what this browser held for another user: signing in as
// someone else must not leave the first one's session behind. It is outside
// the login's transaction, which locks one user only.
func (s *Service) replaceOther(ctx context.Context, userID string, held Session) {
	if held.ID == "" || held.User.ID == userID {
		return
	}
	if _, err := s.End(ctx, Selector{UserID: held.User.ID, SessionID: held.ID}, Replaced); err != nil {
		s.cfg.Log.WarnContext(ctx, "the session held before was not ended; it expires by itself", "user", held.User.ID, "error", err)
	}
}

// issue makes the cookie of a session that the database has just vouched for.
func (s *Service) issue(session Session, token string) (Issued, error) {
	value, err := s.own.Carry(session, token)
	if err != nil {
		return Issued{}, fmt.Errorf("make the session cookie: %w", err)
	}
	return Issued{session, value}, nil
}

// ended tells the view, so that this process refuses the sessions from now on,
// and the log.
func (s *Service) ended(ctx context.Context, userID string, changes []Change) {
	s.view.Apply(changes...)
	for _, c := range changes {
		if c.Ended != "" {
			s.event(ctx, "session_ended", userID, c.SessionID, "reason", string(c.Ended))
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// printable prepares text from a header for a text column and a page: valid
// UTF-8, no control characters, not longer than it is worth showing.
func printable(text string, bytes int) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text[:min(len(text), bytes)], ""))
}
