package authjs

import (
	"errors"
	"fmt"
	"time"
)

// Codec makes and reads session tokens: Claims, sealed. It is safe for concurrent use. The
// zero Codec holds no key: it reads no token and must not be used to make one.
type Codec struct{ sealer Sealer }

// NewCodec returns the codec of the tokens that travel in the cookie named salt. Secrets
// are those of NewSealer.
func NewCodec(salt string, secrets ...string) (*Codec, error) {
	sealer, err := newSealer(salt, secrets)
	if err != nil {
		return nil, fmt.Errorf("authjs: new codec: %w", err)
	}
	return &Codec{sealer}, nil
}

// Encode returns the token that carries the claims, with a random ID when they have none.
// Claims that Decode would not accept, because they lack sub, sid or exp or hold an
// impossible date, are an ErrInvalid; claims that need more than MaxTokenLength
// characters are an ErrTooLarge.
func (c *Codec) Encode(claims Claims) (string, error) {
	if claims.ID == "" {
		claims.ID = newID()
	}
	if err := claims.complete(); err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	payload, err := claims.marshal()
	if err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	token, err := c.sealer.seal(payload)
	if err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	return token, nil
}

// Decode returns the claims of a token of ours that may be believed at the time now.
// Every refusal is an ErrExpired, as an *ExpiredError, or an ErrInvalid and comes with empty claims; no input
// makes it panic.
func (c *Codec) Decode(token string, now time.Time) (Claims, error) {
	payload, err := c.sealer.open(token)
	if err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	if err := claims.accept(now); errors.Is(err, ErrExpired) {
		return Claims{}, fmt.Errorf("authjs: decode: %w", &ExpiredError{claims.Subject, claims.SessionID})
	} else if err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	return claims, nil
}

// ExpiredError is the ErrExpired of a session token. It tells whose it was, for the log.
type ExpiredError struct {
	Subject   string // the user's id
	SessionID string
}

func (e *ExpiredError) Error() string { return ErrExpired.Error() }

// Is makes errors.Is(err, ErrExpired) true.
func (e *ExpiredError) Is(target error) bool { return target == ErrExpired }
