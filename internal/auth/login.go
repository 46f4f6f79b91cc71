package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Credentials is a filled-in sign-in form, with what the server knows of the
// browser that sent it.
type Credentials struct {
	Email    string
	Password string
	Client   Client
	Held     Session // the live session this browser already has; zero = none
}

// Issued is a session together with the cookie that carries it.
type Issued struct {
	Session Session
	Cookie  string // the cookie's value: never log it
}

// Login checks a password and begins a session. ErrCredentials for an unknown
// address, a wrong password and a disabled account, all at the same cost;
// ErrSessionLimit under the deny policy; ErrBusy when hashing is saturated.
func (s *Service) Login(ctx context.Context, in Credentials) (Issued, error) {
	u, err := s.checkPassword(ctx, in.Email, in.Password)
	if err != nil {
		if errors.Is(err, ErrCredentials) {
			s.event(ctx, "authn_login_fail", u.ID, "")
		}
		return Issued{}, err
	}
	issued, err := s.begin(ctx, u.ID, in.Client, in.Held, func(u User, live []Session, replaced string) ([]Ending, error) {
		end, err := admit(live, replaced, limitOf(u, s.cfg.Limit), s.cfg.Policy)
		if full, ok := errors.AsType[*LimitError](err); ok {
			full.Proof = s.proofs.mint(u.ID, full.Live, s.now())
		}
		return end, err
	})
	if err != nil {
		if errors.Is(err, ErrSessionLimit) {
			s.event(ctx, "authn_login_session_limit", u.ID, "")
		}
		return Issued{}, err
	}
	s.event(ctx, "authn_login_success", u.ID, issued.Session.ID)
	return issued, nil
}

// Enter begins a session for a user who has just proven who they are by other
// means than a password: a registration.
func (s *Service) Enter(ctx context.Context, userID string, client Client, held Session) (Issued, error) {
	return s.begin(ctx, userID, client, held, func(u User, live []Session, replaced string) ([]Ending, error) {
		return admit(live, replaced, limitOf(u, s.cfg.Limit), s.cfg.Policy)
	})
}

// Continue is "sign out the other sessions and continue": it takes the proof
// of a LimitError, ends the sessions that were in the way and begins one.
// ErrProof if the proof is forged, too old, used, or about sessions that are
// no longer the ones in the way.
func (s *Service) Continue(ctx context.Context, proof string, client Client, held Session) (Issued, error) {
	userID, err := s.proofs.user(proof, s.now())
	if err != nil {
		return Issued{}, err
	}
	issued, err := s.begin(ctx, userID, client, held, func(_ User, live []Session, replaced string) ([]Ending, error) {
		inTheWay := slices.DeleteFunc(slices.Clone(live), func(l Session) bool { return l.ID == replaced })
		if !s.proofs.verify(proof, inTheWay) {
			return nil, ErrProof
		}
		var end []Ending
		for _, l := range live {
			end = append(end, Ending{l.ID, Limit})
		}
		return end, nil
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrCredentials) {
		return Issued{}, ErrProof // whose account vanished or was closed has nothing to continue
	}
	if err != nil {
		return Issued{}, err
	}
	s.event(ctx, "authn_login_success", userID, issued.Session.ID)
	return issued, nil
}

// checkPassword does the same work whether or not the address has an account.
func (s *Service) checkPassword(ctx context.Context, typedEmail, typedPassword string) (User, error) {
	password, ok := NormalizePassword(typedPassword)
	if !ok {
		return User{}, ErrCredentials // no account can have it; cheap checks come first
	}
	var u User
	var hash string
	if email, ok := CanonicalEmail(typedEmail); ok {
		var err error
		u, hash, err = s.cfg.Store.UserByEmail(ctx, email)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return User{}, storeError("login", err)
		}
	}
	match, outdated, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return u, err
	}
	if !match || !u.DisabledAt.IsZero() {
		return u, ErrCredentials
	}
	if outdated {
		s.rehash(ctx, u.ID, hash, password)
	}
	return u, nil
}

// rehash brings an old hash to today's parameters. That it failed is no reason
// to turn the user away.
func (s *Service) rehash(ctx context.Context, userID, old, password string) {
	hash, err := s.hasher.Hash(ctx, password)
	if err == nil {
		err = s.cfg.Store.ReplacePasswordHash(ctx, userID, old, hash)
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "password hash not renewed; the next sign-in tries again", "user", userID, "error", err)
	}
}

// begin runs the login transaction: room is made and the row written under the
// user's lock, so no two logins count the same sessions. The id and the token
// are always new: nothing the browser sent is adopted (session fixation).
func (s *Service) begin(ctx context.Context, userID string, client Client, held Session,
	room func(u User, live []Session, replaced string) ([]Ending, error)) (Issued, error) {
	token, err := s.own.Token("")
	if err != nil {
		return Issued{}, err
	}
	now := s.now()
	session := Session{
		ID: randomText(16), CreatedAt: now, AuthenticatedAt: now, LastSeenAt: now, ValidatedAt: now,
		ExpiresAt: earlier(now.Add(s.cfg.MaxAge), now.Add(s.cfg.AbsoluteMaxAge)), AbsoluteExpiresAt: now.Add(s.cfg.AbsoluteMaxAge),
		IP: client.IP, UserAgent: printable(client.UserAgent, 512),
	}
	if token != "" {
		session.TokenHash = hashToken(token)
	}
	changes, err := s.cfg.Store.Begin(ctx, userID, now, func(u User, live []Session) (Plan, error) {
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
