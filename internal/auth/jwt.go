package auth

import (
	"fmt"
	"time"

	"latchkey/internal/authjs"
)

// JWT is the strategy whose cookie carries the claims themselves, encrypted in
// the format of Auth.js v5.
type JWT struct{ codec *authjs.Codec }

// NewJWT returns the strategy. salt is the session cookie's name; secrets are
// AUTH_SECRET's, newest first.
func NewJWT(salt string, secrets ...string) (*JWT, error) {
	codec, err := authjs.NewCodec(salt, secrets...)
	if err != nil {
		return nil, fmt.Errorf("jwt strategy: %w", err)
	}
	return &JWT{codec}, nil
}

// Name implements Strategy.
func (*JWT) Name() string { return "jwt" }

// NewToken implements Strategy: the row needs none.
func (*JWT) NewToken(string) (string, error) { return "", nil }

// Encode implements Strategy.
func (j *JWT) Encode(s Session, _ string) (string, error) {
	claims, err := withProfile(s.Extra, s.User.Profile)
	if err != nil {
		return "", fmt.Errorf("claims of the profile: %w", err)
	}
	return j.codec.Encode(authjs.Claims{
		Subject:     s.User.ID,
		SessionID:   s.ID,
		Name:        s.User.Name,
		Email:       s.User.Email,
		Picture:     s.User.Image,
		AuthTime:    s.AuthenticatedAt,
		Absolute:    s.AbsoluteExpiresAt,
		ValidatedAt: s.ValidatedAt,
		IssuedAt:    s.ValidatedAt,
		ExpiresAt:   s.ExpiresAt,
		Extra:       claims,
	})
}

// Decode implements Strategy. A JWT without a vat of ours proves only where to
// look: an Auth.js application may rewrite iat, exp and jti, but it keeps vat.
func (j *JWT) Decode(value string, now time.Time) (Decoded, error) {
	c, err := j.codec.Decode(value, now)
	if err != nil {
		return Decoded{}, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	profile, extra := splitProfile(c.Extra)
	return Decoded{Key: Key{ID: c.SessionID}, UserID: c.Subject, Session: Session{
		ID:                c.SessionID,
		User:              User{ID: c.Subject, Name: c.Name, Email: c.Email, Image: c.Picture, Profile: profile},
		AuthenticatedAt:   c.AuthTime,
		LastSeenAt:        c.ValidatedAt,
		ExpiresAt:         c.ExpiresAt,
		AbsoluteExpiresAt: c.Absolute,
		ValidatedAt:       c.ValidatedAt,
		Extra:             extra,
	}}, nil
}
