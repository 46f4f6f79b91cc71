package authjs

import "time"

// Leeway is how far the clocks of two machines may differ: the 15 seconds of Auth.js, and
// not the minute that go-jose allows.
const Leeway = 15 * time.Second

// complete refuses claims that are no session: a token made halfway through a login, or
// by an application that knows no sid, has a valid seal too (CVE-2023-48309), and one
// without exp would never end (RFC 8725 §3.12).
func (c Claims) complete() error {
	switch {
	case c.Subject == "":
		return invalid("no sub")
	case c.SessionID == "":
		return invalid("no sid")
	case c.ExpiresAt.IsZero():
		return invalid("no exp")
	}
	return nil
}

// accept refuses claims that are not to be believed at the time now.
func (c Claims) accept(now time.Time) error {
	if err := c.complete(); err != nil {
		return err
	}
	notBefore, err := parseDate(c.Extra["nbf"])
	if err != nil {
		return invalid("nbf is not a date")
	}
	// A vat in the future would put off the next look into the database, and an auth_time
	// in the future would count as a fresh login for ever.
	for _, past := range []time.Time{c.IssuedAt, notBefore, c.ValidatedAt, c.AuthTime} {
		if past.After(now.Add(Leeway)) {
			return ErrNotYet
		}
	}
	// A token is refused "on or after" its end (RFC 7519 §4.1.4). Auth.js refuses it at
	// exactly 15 s as well.
	if !now.Before(c.end().Add(Leeway)) {
		return ErrExpired
	}
	return nil
}

// end is exp or, when that is earlier, abs: an Auth.js application that shares the cookie
// moves exp with every re-encode, but keeps abs.
func (c Claims) end() time.Time {
	if !c.Absolute.IsZero() && c.Absolute.Before(c.ExpiresAt) {
		return c.Absolute
	}
	return c.ExpiresAt
}
