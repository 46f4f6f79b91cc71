package authjs

import (
	"net/http"
	"slices"
	"strconv"
)

const (
	// ChunkSize is the longest value of one cookie, in octets: browsers drop a cookie
	// whose name and value exceed 4096 (RFC 6265bis §5.6), and Auth.js keeps 160 of them
	// for the name.
	ChunkSize = 3936
	// MaxChunks is how many cookies a session may fill. Every request carries all of
	// them, and servers refuse long headers.
	MaxChunks = 4

	maxNameLength = 4096 - ChunkSize - len(".0")
)

// Cookie is the session cookie of a site. A value longer than ChunkSize is spread over
// cookies with the names Name.0, Name.1, …
type Cookie struct {
	Name   string // also the salt of the tokens in it; "" is no name: Write is an error
	Secure bool   // sent over https only; false = over plain http as well, for development
}

// SessionCookie returns the session cookie with the default name of Auth.js.
func SessionCookie(secure bool) Cookie {
	return Cookie{Name: prefixed("__Secure-", "authjs.session-token", secure), Secure: secure}
}

// Candidates returns the values that the session cookie of a request could have, best
// first: the chunks from .0 on joined as far as they go, then with one chunk less at a
// time, then the cookie with the plain name. A stray chunk, left over from a longer
// value, so never hides a good token behind it. It returns nil when there is none, and
// when a name came twice with different values: one of the two was planted by a
// neighbouring host or path, and no rule tells which.
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

// received returns the request's cookies under the exact names of the session, and
// whether one of them contradicts itself.
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

// names are the names the session can travel under: the plain one, then those of the
// chunks in order.
func (c Cookie) names() []string {
	names := []string{c.Name}
	for i := range MaxChunks {
		names = append(names, c.Name+"."+strconv.Itoa(i))
	}
	return names
}

// prefixed puts a cookie name prefix, which binds the cookie to https (RFC 6265bis
// §4.1.3), in front of a name when secure is set.
func prefixed(prefix, name string, secure bool) string {
	if !secure {
		return name
	}
	return prefix + name
}
