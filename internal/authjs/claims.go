package authjs

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"
)

// Claims are what a session token says. Dates are written in whole seconds, rounded down,
// except ValidatedAt; they are read in UTC with or without a fraction, to the millisecond
// (NumericDate, RFC 7519 §2).
type Claims struct {
	Subject     string    // sub, the id of the user; "" is refused
	SessionID   string    // sid, the id of the session; "" is refused
	Name        string    // name to show; "" = absent or null
	Email       string    // email; "" = absent or null
	Picture     string    // picture, the address of an image; "" = absent or null
	AuthTime    time.Time // auth_time, the last proof of identity (OIDC Core §2); zero = absent
	Absolute    time.Time // abs, the end that no renewal moves; zero = no such end
	ValidatedAt time.Time // vat, the last check against the database; zero = never
	IssuedAt    time.Time // iat, when this token was made; zero = absent
	ExpiresAt   time.Time // exp, when this token ends unless renewed; zero is refused
	ID          string    // jti, new at each re-encode by Auth.js; "" = Encode makes one

	// Extra holds every other claim as it came, so that the claims of another application
	// outlive a re-issue. Names of the claims above are ignored in it. nil = none.
	Extra map[string]json.RawMessage
}

// texts and dates are the claims that have fields, for reading and for writing.
func (c *Claims) texts() []claim[string] {
	return []claim[string]{
		{"sub", &c.Subject}, {"sid", &c.SessionID}, {"jti", &c.ID}, {"name", &c.Name}, {"email", &c.Email}, {"picture", &c.Picture},
	}
}

func (c *Claims) dates() []claim[time.Time] {
	return []claim[time.Time]{
		{"iat", &c.IssuedAt}, {"exp", &c.ExpiresAt}, {"auth_time", &c.AuthTime}, {"abs", &c.Absolute}, {"vat", &c.ValidatedAt},
	}
}

type claim[T any] struct {
	name  string
	field *T
}

// parseClaims reads a decrypted payload. Its author holds a secret, so a name that occurs
// twice is no attack; the last one counts, as in JSON.parse. Names are
// compared exactly, which encoding/json would not do for a struct.
func parseClaims(payload []byte) (Claims, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(payload, &all); err != nil {
		return Claims{}, invalid("the payload is not a JSON object")
	}
	var c Claims
	for _, text := range c.texts() {
		if raw, ok := all[text.name]; ok && parseText(raw, text.field) != nil {
			return Claims{}, invalid(text.name + " is not a text")
		}
		delete(all, text.name)
	}
	for _, date := range c.dates() {
		var err error
		if *date.field, err = parseDate(all[date.name]); err != nil {
			return Claims{}, invalid(date.name + " is not a date")
		}
		delete(all, date.name)
	}
	if len(all) > 0 {
		c.Extra = all
	}
	return c, nil
}

// marshal is the inverse of parseClaims. It does not escape HTML, which would inflate a
// token that has to fit into a cookie.
func (c Claims) marshal() ([]byte, error) {
	all := make(map[string]json.RawMessage, len(c.Extra)+11)
	maps.Copy(all, c.Extra)
	for _, text := range c.texts() {
		delete(all, text.name)
		if *text.field != "" {
			all[text.name], _ = marshalText(*text.field) // a string has no way to fail
		}
	}
	for _, date := range c.dates() {
		delete(all, date.name)
		if date.field.IsZero() {
			continue
		}
		raw, err := formatDate(*date.field, date.name == "vat")
		if err != nil {
			return nil, invalid(date.name + " is not a date")
		}
		all[date.name] = raw
	}
	return marshalText(all)
}

func marshalText(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("%w: a claim in Extra is not JSON", ErrInvalid)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// lastSecond is the end of the year 9999, after which neither cookies nor RFC 3339 can
// express a date.
const lastSecond = 253402300799

// parseDate reads a NumericDate: seconds since 1970 as a number. A missing claim and
// null are the zero time.
func parseDate(raw json.RawMessage) (time.Time, error) {
	text := string(bytes.TrimSpace(raw))
	if text == "" || text == "null" {
		return time.Time{}, nil
	}
	if text[0] != '-' && (text[0] < '0' || text[0] > '9') { // ParseFloat knows infinity as well
		return time.Time{}, strconv.ErrSyntax
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, err
	}
	// Checked before the conversion to an integer, which wraps around.
	if seconds < 0 || seconds > lastSecond {
		return time.Time{}, strconv.ErrRange
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
}

// parseText reads a JSON string; null leaves the field as it is. One of plain characters,
// as most are, is the text between its quotes.
func parseText(raw json.RawMessage, field *string) error {
	if text, ok := plainText(raw); ok {
		*field = text
		return nil
	}
	return json.Unmarshal(raw, field)
}

func plainText(raw json.RawMessage) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	for _, b := range inner {
		if b < ' ' || b > '~' || b == '"' || b == '\\' {
			return "", false
		}
	}
	return string(inner), true
}

// formatDate writes a NumericDate, rounded down: to the second, or to the millisecond
// when fraction is set.
func formatDate(t time.Time, fraction bool) (json.RawMessage, error) {
	seconds := t.Unix()
	if seconds < 0 || seconds > lastSecond {
		return nil, strconv.ErrRange
	}
	milli := t.Nanosecond() / int(time.Millisecond)
	if !fraction || milli == 0 {
		return strconv.AppendInt(nil, seconds, 10), nil
	}
	return fmt.Appendf(nil, "%d.%03d", seconds, milli), nil
}

// newID returns 122 random bits in the form Auth.js gives a jti, version 4 of RFC 9562.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40 // version 4
	b[8] = b[8]&0x3f | 0x80 // the RFC's variant
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
