package auth

import (
	"encoding/json"
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
	delete(claims, amrClaim)
	if s.Method != "" {
		claims[amrClaim] = encodeMethod(s.Method)
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
	method := decodeMethod(c.Extra[amrClaim])
	delete(c.Extra, amrClaim)
	profile, extra := splitProfile(c.Extra)
	from, until := c.Window()
	return Decoded{Key: Key{ID: c.SessionID}, From: from, Until: until, UserID: c.Subject, Session: Session{
		ID:                c.SessionID,
		User:              User{ID: c.Subject, Name: c.Name, Email: c.Email, Image: c.Picture, Profile: profile},
		Method:            method,
		AuthenticatedAt:   c.AuthTime,
		LastSeenAt:        c.ValidatedAt,
		ExpiresAt:         c.ExpiresAt,
		AbsoluteExpiresAt: c.Absolute,
		ValidatedAt:       c.ValidatedAt,
		Extra:             extra,
	}}, nil
}

// amrClaim names the claim that says how the user proved who they are: a list, as OpenID
// Connect Core §2 has it, of methods (RFC 8176).
const amrClaim = "amr"

func encodeMethod(m Method) json.RawMessage {
	text, _ := json.Marshal([]Method{m}) // a list of strings has no way to fail
	return text
}

// decodeMethod is the first method of the list. A claim of another shape is another
// application's: the row has the method, and the next renewal restores it.
func decodeMethod(amr json.RawMessage) Method {
	var methods []Method
	if json.Unmarshal(amr, &methods) != nil || len(methods) == 0 {
		return ""
	}
	return methods[0]
}
