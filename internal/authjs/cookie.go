package authjs

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// ChunkSize is the longest value of one cookie, in octets: browsers drop a cookie whose name and value exceed 4096 (RFC 6265bis
	// §5.6), and Auth.js keeps 160 of them for the name.
	ChunkSize = 3936
	// MaxChunks is how many cookies a session may fill. Every request carries all of them, and servers refuse long headers.
	MaxChunks = 4

	maxNameLength = 4096 - ChunkSize - len(".0")
)

// Cookie is the session cookie of a site. A value longer than ChunkSize is spread over cookies with the names Name.0, Name.1, …
type Cookie struct {
	Name   string // also the salt of the tokens in it; "" is no name: Write is an error
	Secure bool   // sent over https only; false = over plain http as well, for development
}

// SessionCookie returns the session cookie with the default name of Auth.js.
func SessionCookie(secure bool) Cookie {
	return Cookie{Name: prefixed("__Secure-", "authjs.session-token", secure), Secure: secure}
}

// Candidates returns the values that the session cookie of a request could have, best first: the chunks from .0 on joined as far as
// they go, then with one chunk less at a time, then the cookie with the plain name. A stray chunk, left over from a longer value, so
// never hides a good token behind it. It returns nil when there is none, and when a name came twice with different values: one of
// the two was planted by a neighbouring host or path, and no rule tells which.
func (c Cookie) Candidates(r *http.Request) []string {
	values, ambiguous := c.received(r)
	if ambiguous {
		return nil
	}
	var candidates []string
	joined := ""
	for _, name := range c.names()[1:] {
		if values[name] == "" {
			break // whatever follows a gap belongs to another value
		}
		joined += values[name]
		candidates = append(candidates, joined)
	}
	slices.Reverse(candidates)
	if base := values[c.Name]; base != "" {
		candidates = append(candidates, base)
	}
	return candidates
}

// Present tells whether the request carries a cookie that Clear would remove, readable or not.
func (c Cookie) Present(r *http.Request) bool {
	values, ambiguous := c.received(r)
	return ambiguous || len(values) > 0
}

// received returns the request's cookies under the exact names of the session, and whether one of them contradicts itself.
func (c Cookie) received(r *http.Request) (values map[string]string, ambiguous bool) {
	names := c.names()
	values = make(map[string]string)
	for _, cookie := range r.Cookies() {
		if !slices.Contains(names, cookie.Name) {
			continue
		}
		value := DecodeValue(cookie.Value)
		if first, twice := values[cookie.Name]; twice && first != value {
			return nil, true
		}
		values[cookie.Name] = value
	}
	return values, false
}

// Write adds the Set-Cookie lines that make value the value of the session cookie until expires (zero = until the browser closes).
// All other names of the session are expired first, or an older and longer value would shine through. When the value needs more than
// MaxChunks cookies it writes nothing and returns ErrTooLarge.
func (c Cookie) Write(h http.Header, value string, expires time.Time) error {
	if err := c.check(value); err != nil {
		return fmt.Errorf("authjs: write cookie: %w", err)
	}
	pieces := split(value)
	if len(pieces) > MaxChunks {
		return fmt.Errorf("authjs: write cookie: %w", ErrTooLarge)
	}
	names := c.names()
	used := names[:1]
	if len(pieces) > 1 {
		used = names[1 : 1+len(pieces)]
	}
	for _, name := range names {
		if !slices.Contains(used, name) {
			c.add(h, http.Cookie{Name: name, MaxAge: -1})
		}
	}
	for i, name := range used {
		c.add(h, http.Cookie{Name: name, Value: pieces[i], Expires: expires})
	}
	return nil
}

// Clear adds the Set-Cookie lines that remove the session cookie and every chunk of it.
func (c Cookie) Clear(h http.Header) {
	for _, name := range c.names() {
		c.add(h, http.Cookie{Name: name, MaxAge: -1})
	}
}

// check refuses what net/http or the browser would drop in silence.
func (c Cookie) check(value string) error {
	if err := (&http.Cookie{Name: c.Name}).Valid(); err != nil {
		return err
	}
	if len(c.Name) > maxNameLength {
		return errors.New("the name is too long")
	}
	if value == "" {
		return errors.New("the value is empty")
	}
	return nil
}

// names are the names the session can travel under: the plain one, then those of the chunks in order.
func (c Cookie) names() []string {
	names := []string{c.Name}
	for i := range MaxChunks {
		names = append(names, c.Name+"."+strconv.Itoa(i))
	}
	return names
}

// add gives a cookie the attributes that all cookies of the session share: a browser replaces a cookie only by one with the same
// path and domain, and without a Domain no other host can read it.
func (c Cookie) add(h http.Header, cookie http.Cookie) {
	cookie.Path = "/"
	cookie.HttpOnly = true
	cookie.Secure = c.Secure
	cookie.SameSite = http.SameSiteLaxMode
	if line := cookie.String(); line != "" { // net/http knows no line for a name that is none
		h.Add("Set-Cookie", line)
	}
}

// split percent-encodes a value in pieces of at most ChunkSize octets. It never cuts through an encoded character, because each
// piece is decoded by itself. A token consists of characters that need no encoding, so it is cut every ChunkSize characters.
func split(value string) []string {
	var pieces []string
	piece := make([]byte, 0, ChunkSize)
	for _, r := range value {
		encoded := EncodeValue(string(r))
		if len(piece)+len(encoded) > ChunkSize {
			pieces = append(pieces, string(piece))
			piece = piece[:0]
		}
		piece = append(piece, encoded...)
	}
	return append(pieces, string(piece))
}

// prefixed puts a cookie name prefix, which binds the cookie to https (RFC 6265bis §4.1.3), in front of a name when secure is set.
func prefixed(prefix, name string, secure bool) string {
	if !secure {
		return name
	}
	return prefix + name
}
