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
	if _, err := parseDate(c.Extra["nbf"]); err != nil {
		return invalid("nbf is not a date")
	}
	from, until := c.Window()
	if now.Before(from) {
		return ErrNotYet
	}
	if !now.Before(until) {
		return ErrExpired
	}
	return nil
}

// Window is the time in which Decode takes a token with these claims: from the first moment
// on, and not at until or later.
//
// A vat in the future would put off the next look into the database, and an auth_time in
// the future would count as a fresh login for ever. A token is refused "on or after" its
// end (RFC 7519 §4.1.4). Auth.js refuses it at exactly 15 s as well.
func (c Claims) Window() (from, until time.Time) {
	notBefore, _ := parseDate(c.Extra["nbf"]) // Decode has refused what is none
	latest := c.IssuedAt
	for _, past := range []time.Time{notBefore, c.ValidatedAt, c.AuthTime} {
		if past.After(latest) {
			latest = past
		}
	}
	return latest.Add(-Leeway), c.end().Add(Leeway)
}

// end is exp or, when that is earlier, abs: an Auth.js application that shares the cookie
// moves exp with every re-encode, but keeps abs.
func (c Claims) end() time.Time {
	if !c.Absolute.IsZero() && c.Absolute.Before(c.ExpiresAt) {
		return c.Absolute
	}
	return c.ExpiresAt
}
