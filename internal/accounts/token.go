package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"latchkey/internal/auth"
)

// What the links in mails are good for.
const (
	PurposeVerify Purpose = "verify" // it proves the address that was signed up with
	PurposeReset  Purpose = "reset"  // it sets a new password, and proves the address
	PurposeLink   Purpose = "link"   // it signs in, and proves the address
)

// How long they are. ASVS 6.5.5 has ten minutes for a code that arrives by another way:
// mail is often read an hour late, a link to sign in is asked for by someone who waits.
const (
	VerifyLife = 24 * time.Hour
	ResetLife  = time.Hour
	LinkLife   = 15 * time.Minute
)

const (
	secretBytes  = 32 // of the secret in a link, all random
	secretLength = 43 // of its text, in base64url
)

// hashSecret is what the database keeps of the secret in a link. ok is false for text
// that is none.
func hashSecret(secret string) (hash []byte, ok bool) {
	if len(secret) != secretLength {
		return nil, false
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:], true
}

// newToken is a token for the link in a mail to a user's address, and its secret.
func (s *Service) newToken(purpose Purpose, userID, email, data string, life time.Duration) (*Token, string) {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	secret, now := base64.RawURLEncoding.EncodeToString(b), s.cfg.Sessions.Now()
	hash, _ := hashSecret(secret)
	return &Token{
		Hash: hash, Purpose: purpose, UserID: userID, Email: email, Data: data, CreatedAt: now, ExpiresAt: now.Add(life),
	}, secret
}

// page is the address of one of this site's pages. It begins with BASE_URL, whatever the
// request says that led here (RS-4).
func (s *Service) page(path, secret string) string {
	if secret == "" {
		return s.cfg.BaseURL + path
	}
	return s.cfg.BaseURL + path + "?token=" + url.QueryEscape(secret)
}

// letter is a mail with its token; nil = its link needs none.
func (s *Service) letter(to string, words Words, token *Token) (Letter, error) {
	queued, err := s.cfg.Mail.Queue(to, words)
	return Letter{Token: token, Mail: queued}, err
}

// send writes a mail to a user's address.
func (s *Service) send(ctx context.Context, to string, words Words, token *Token) error {
	letter, err := s.letter(to, words, token)
	if err != nil {
		return err
	}
	err = s.cfg.Tokens.Send(ctx, letter)
	if errors.Is(err, auth.ErrNotFound) { // was deleted meanwhile
		return nil
	}
	if err == nil {
		s.sent(ctx, letter)
	}
	return err
}

// FindToken returns the token of a link, without spending it: mail scanners open links,
// too. ErrToken if it cannot be spent now.
func (s *Service) FindToken(ctx context.Context, purpose Purpose, secret string) (Token, error) {
	hash, ok := hashSecret(secret)
	if !ok {
		return Token{}, ErrToken
	}
	t, err := s.cfg.Tokens.FindToken(ctx, hash, purpose, s.cfg.Sessions.Now())
	return t, wrap("find token", err)
}

// redeem spends the token of a link. plan says what becomes of its user; the instances are
// told. ErrToken for a disabled user as well.
func (s *Service) redeem(ctx context.Context, purpose Purpose, secret string, plan func(auth.User, Token) (Change, error)) (auth.User, error) {
	hash, ok := hashSecret(secret)
	if !ok {
		return auth.User{}, s.dead(ctx, purpose, ErrToken)
	}
	var user auth.User
	var change Change
	changes, err := s.cfg.Tokens.SpendToken(ctx, hash, purpose, s.cfg.Sessions.Now(), func(u auth.User, t Token) (Change, error) {
		if user = u; !u.DisabledAt.IsZero() {
			return Change{}, ErrToken
		}
		var err error
		change, err = plan(u, t)
		return change, err
	})
	if err != nil {
		return auth.User{}, wrap("spend token", s.dead(ctx, purpose, err))
	}
	s.cfg.Sessions.Publish(ctx, user.ID, changes)
	s.voided(ctx, user.ID, change)
	s.sent(ctx, change.Letters...)
	return user, nil
}

// spend redeems a token that was mailed to the address that its user signs in with.
// ErrToken if they have another one now.
func (s *Service) spend(ctx context.Context, purpose Purpose, secret string, plan func(auth.User) (Change, error)) (auth.User, error) {
	return s.redeem(ctx, purpose, secret, func(u auth.User, t Token) (Change, error) {
		if u.Email != t.Email {
			return Change{}, ErrToken
		}
		return plan(u)
	})
}

const (
	collectInterval = time.Hour
	collectTimeout  = 30 * time.Second
)

// Run removes tokens that have expired, once an hour, and writes failures down, until ctx
// ends.
func (s *Service) Run(ctx context.Context) {
	ticker := time.NewTicker(collectInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.Settle(ctx)
			return
		case f := <-s.failures:
			s.write(ctx, f)
		case <-ticker.C:
			s.collect(ctx)
		}
	}
}

func (s *Service) collect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, collectTimeout)
	defer cancel()
	n, err := s.cfg.Tokens.CollectTokens(ctx, s.cfg.Sessions.Now())
	level, text := slog.LevelDebug, "collected expired tokens"
	if err != nil {
		level, text = slog.LevelWarn, "collecting expired tokens failed; the next round tries again"
	}
	s.cfg.Log.Log(ctx, level, text, "rows", n, "error", err)
}
