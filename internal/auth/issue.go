package auth

import (
	"fmt"
	"time"

	"latchkey/internal/authjs"
)

// newSession is the row to be, without its user.
func (s *Service) newSession(login Login, token string) Session {
	now := s.Now()
	session := Session{
		ID: NewID(), Method: login.Method, CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ValidatedAt: now,
		ExpiresAt: earlier(now.Add(s.cfg.MaxAge), now.Add(s.cfg.AbsoluteMaxAge)), AbsoluteExpiresAt: now.Add(s.cfg.AbsoluteMaxAge),
		IP: login.Client.IP, UserAgent: printable(login.Client.UserAgent, 512),
	}
	if token != "" {
		session.TokenHash = hashToken(token)
	}
	return session
}

// issue makes the cookie of a session that the database has just vouched for.
func (s *Service) issue(session Session, token string) (Issued, error) {
	value, err := s.own.Encode(session, token)
	if err != nil {
		return Issued{}, fmt.Errorf("make the session cookie: %w", err)
	}
	if err := s.fits(value); err != nil {
		return Issued{}, fmt.Errorf("make the session cookie: %w", err)
	}
	return Issued{session, value}, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// fits refuses a cookie whose lines would make the headers of an answer too long, and so
// would have a proxy answer 502 for every page of this user. ErrTooLarge tells the sizes.
func (s *Service) fits(value string) error {
	if bytes := s.headerBytes(value); bytes > s.cfg.MaxCookieBytes {
		return fmt.Errorf("%w: the session takes %d bytes of an answer's header, and at most %d are allowed", ErrTooLarge, bytes, s.cfg.MaxCookieBytes)
	}
	return nil
}

// headerBytes is how many bytes of an answer's header a session takes at most: its cookie,
// the companion, and the removal of chunks of an older and longer one.
func (s *Service) headerBytes(value string) int {
	session := authjs.Cookie{Name: s.cfg.CookieName, Secure: true}
	companion := authjs.Cookie{Name: CompanionName(s.cfg.CookieName), Secure: true}
	return session.HeaderBytes(value, authjs.MaxRemoved) + companion.HeaderBytes(s.Companion("any"), 0)
}
