package auth

import (
	"maps"
	"slices"
	"strings"
	"time"

	"latchkey/internal/authjs"
)

// Carried is what a session cookie holds. The cookie's value itself is a key and
// is not part of it.
type Carried struct {
	Strategy string  // the strategy that made the cookie; "" = there is no session
	Bytes    int     // length of the value, all chunks together
	Cookies  int     // how many cookies the value fills
	Start    string  // the first characters of an opaque token; "" for a JWT
	Claims   []Claim // of a JWT, ours first; nil for an opaque token
}

// Claim is one decrypted claim of a JWT.
type Claim struct {
	Name string
	Text string    // a text of ours as it is, any other claim as JSON; "" for a date
	Date time.Time // zero = not one of our dates
}

// shownBytes is how much of an opaque token may be shown: enough to recognise
// it, and 200 random bits short of guessing the rest.
const shownBytes = 6

// Inspect says what a cookie's value carries, for pages that explain sessions.
// The zero Carried for a value that is no session's.
func (s *Service) Inspect(value string) Carried {
	strategy := s.strategyOf(value)
	if _, err := strategy.Decode(value, s.Now()); err != nil {
		return Carried{}
	}
	c := Carried{Strategy: strategy.Name(), Bytes: len(value), Cookies: authjs.Chunks(value)}
	if jwt, ok := strategy.(*JWT); ok {
		c.Claims = jwt.claims(value, s.Now())
	} else {
		c.Start = value[:shownBytes]
	}
	return c
}

// claims lists what a token says, ours in the order in which they are
// explained, the others by name.
func (j *JWT) claims(value string, now time.Time) []Claim {
	c, err := j.codec.Decode(value, now)
	if err != nil {
		return nil
	}
	claims := []Claim{
		{Name: "sub", Text: c.Subject}, {Name: "sid", Text: c.SessionID},
		{Name: "name", Text: c.Name}, {Name: "email", Text: c.Email}, {Name: "picture", Text: c.Picture},
		{Name: "auth_time", Date: c.AuthTime}, {Name: amrClaim, Text: string(c.Extra[amrClaim])},
		{Name: "vat", Date: c.ValidatedAt},
		{Name: "exp", Date: c.ExpiresAt}, {Name: "abs", Date: c.Absolute}, {Name: "iat", Date: c.IssuedAt},
		{Name: "jti", Text: c.ID},
	}
	delete(c.Extra, amrClaim)
	for _, name := range slices.Sorted(maps.Keys(c.Extra)) {
		claims = append(claims, Claim{Name: name, Text: strings.TrimSpace(string(c.Extra[name]))})
	}
	return slices.DeleteFunc(claims, func(c Claim) bool { return c.Text == "" && c.Date.IsZero() })
}

// Lifetimes are how old the last validation may become, how long a session
// lives without a renewal, and how long at most.
func (s *Service) Lifetimes() (renewAfter, maxAge, absolute time.Duration) {
	return s.cfg.RenewAfter, s.cfg.MaxAge, s.cfg.AbsoluteMaxAge
}
