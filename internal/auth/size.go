package auth

import (
	"fmt"

	"latchkey/internal/authjs"
)

// DefaultMaxCookieBytes leaves a kilobyte of the 4 kB that nginx, as it is installed, takes
// for all headers of an answer (proxy_buffer_size): our pages send 800 bytes of others.
const DefaultMaxCookieBytes = 3 << 10

// fits refuses a cookie whose lines would make the headers of an answer too long, and so
// would have a proxy answer 502 for every page of this user. ErrTooLarge tells the sizes.
func (s *Service) fits(value string) error {
	if bytes := s.headerBytes(value); bytes > s.cfg.MaxCookieBytes {
		return fmt.Errorf("%w: the session takes %d bytes of an answer's header, and at most %d are allowed", ErrTooLarge, bytes, s.cfg.MaxCookieBytes)
	}
	return nil
}

// Fits is asked before something is written that sessions of the user will carry: the next
// sign-in would be refused. ErrTooLarge tells the sizes. Opaque tokens always fit.
func (s *Service) Fits(u User) error {
	session := s.newSession(Login{UserID: u.ID, Method: MethodPassword}, "")
	session.User = u
	_, err := s.issue(session, "an opaque token, which is as long for every user")
	return err
}

// headerBytes is how many bytes of an answer's header a session takes at most: its cookie,
// the companion, and the removal of chunks of an older and longer one.
func (s *Service) headerBytes(value string) int {
	session := authjs.Cookie{Name: s.cfg.CookieName, Secure: true}
	companion := authjs.Cookie{Name: CompanionName(s.cfg.CookieName), Secure: true}
	return session.HeaderBytes(value, authjs.MaxRemoved) + companion.HeaderBytes(s.Companion("any"), 0)
}
