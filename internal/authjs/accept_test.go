package authjs_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

// TK-5, CT-1
func TestTheTruthTableOfTime(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	var ok error
	for _, test := range []struct {
		name string
		set  func(*authjs.Claims)
		want error
	}{
		{"exp in an hour", func(c *authjs.Claims) { c.ExpiresAt = at(time.Hour) }, ok},
		{"exp now", func(c *authjs.Claims) { c.ExpiresAt = at(0) }, ok},
		{"exp 14 s ago", func(c *authjs.Claims) { c.ExpiresAt = at(-14 * s) }, ok},
		{"exp 15 s ago", func(c *authjs.Claims) { c.ExpiresAt = at(-15 * s) }, authjs.ErrExpired},
		{"exp 16 s ago", func(c *authjs.Claims) { c.ExpiresAt = at(-16 * s) }, authjs.ErrExpired},
		{"exp 30 s ago", func(c *authjs.Claims) { c.ExpiresAt = at(-30 * s) }, authjs.ErrExpired},
		{"exp in 1970", func(c *authjs.Claims) { c.ExpiresAt = time.Unix(0, 0) }, authjs.ErrExpired},

		{"abs 14 s ago", func(c *authjs.Claims) { c.Absolute = at(-14 * s) }, ok},
		{"abs 15 s ago, exp in an hour", func(c *authjs.Claims) { c.Absolute = at(-15 * s) }, authjs.ErrExpired},
		{"exp 15 s ago, abs in a day", func(c *authjs.Claims) { c.ExpiresAt, c.Absolute = at(-15*s), at(24*time.Hour) }, authjs.ErrExpired},
		{"no abs", func(c *authjs.Claims) { c.Absolute = time.Time{} }, ok},

		{"iat in 15 s", func(c *authjs.Claims) { c.IssuedAt = at(15 * s) }, ok},
		{"iat in 16 s", func(c *authjs.Claims) { c.IssuedAt = at(16 * s) }, authjs.ErrInvalid},
		{"iat in 60 s", func(c *authjs.Claims) { c.IssuedAt = at(60 * s) }, authjs.ErrInvalid},
		{"no iat", func(c *authjs.Claims) { c.IssuedAt = time.Time{} }, ok},

		{"vat in 15 s", func(c *authjs.Claims) { c.ValidatedAt = at(15 * s) }, ok},
		{"vat in 15.001 s", func(c *authjs.Claims) { c.ValidatedAt = at(15*s + ms) }, authjs.ErrInvalid},
		{"vat in an hour", func(c *authjs.Claims) { c.ValidatedAt = at(time.Hour) }, authjs.ErrInvalid},
		{"no vat", func(c *authjs.Claims) { c.ValidatedAt = time.Time{} }, ok},

		{"auth_time in 15 s", func(c *authjs.Claims) { c.AuthTime = at(15 * s) }, ok},
		{"auth_time in 16 s", func(c *authjs.Claims) { c.AuthTime = at(16 * s) }, authjs.ErrInvalid},
		{"no auth_time", func(c *authjs.Claims) { c.AuthTime = time.Time{} }, ok},

		{"nbf a second ago", func(c *authjs.Claims) { c.Extra["nbf"] = unix(at(-s)) }, ok},
		{"nbf in 15 s", func(c *authjs.Claims) { c.Extra["nbf"] = unix(at(15 * s)) }, ok},
		{"nbf in 16 s", func(c *authjs.Claims) { c.Extra["nbf"] = unix(at(16 * s)) }, authjs.ErrInvalid},
		{"nbf null", func(c *authjs.Claims) { c.Extra["nbf"] = []byte("null") }, ok},

		{"exp 30 s ago and iat in 60 s", func(c *authjs.Claims) { c.ExpiresAt, c.IssuedAt = at(-30*s), at(60*s) }, authjs.ErrInvalid},
	} {
		claims := ada()
		test.set(&claims)
		codec := newCodec(t, salt, secret)
		_, err := codec.Decode(encode(t, codec, claims), noon)
		if !errors.Is(err, test.want) || errors.Is(err, authjs.ErrExpired) != (test.want == authjs.ErrExpired) {
			t.Errorf("Decode(%s) = %v, want %v", test.name, err, test.want)
		}
	}
}

// TK-5
func TestATokenWithoutExpIsRefused(t *testing.T) {
	refused(t, "no exp", sealOwn(t, `{"sub":"42","sid":"s_1"}`))
	refused(t, "exp null", sealOwn(t, `{"sub":"42","sid":"s_1","exp":null}`))
}

// TK-5: the fraction that other writers may put into exp counts.
func TestTheFractionOfExpCounts(t *testing.T) {
	codec := newCodec(t, salt, secret)
	token := sealOwn(t, `{"sub":"42","sid":"s_1","exp":1700000000.5}`)
	end := time.UnixMilli(1700000000500).Add(authjs.Leeway)
	if _, err := codec.Decode(token, end.Add(-time.Millisecond)); err != nil {
		t.Errorf("Decode(1 ms before the end) = %v, want it read", err)
	}
	if _, err := codec.Decode(token, end); !errors.Is(err, authjs.ErrExpired) {
		t.Errorf("Decode(at the end) = %v, want ErrExpired", err)
	}
}

// Leeway is part of the contract with Auth.js, which has 15 s; go-jose's default is a minute.
func TestTheLeewayIsThatOfAuthJS(t *testing.T) {
	if authjs.Leeway != 15*time.Second {
		t.Errorf("Leeway = %v, want 15s", authjs.Leeway)
	}
}

func unix(t time.Time) []byte { return strconv.AppendInt(nil, t.Unix(), 10) }
