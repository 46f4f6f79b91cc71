package authjs

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	// ChunkSize is the longest value of one cookie, in octets: browsers drop a cookie
	// whose name and value exceed 4096 (RFC 6265bis §5.6), and Auth.js keeps 160 of them
	// for the name.
	ChunkSize = 3936
	// MaxChunks is how many cookies a session may fill. Every request carries all of
	// them, and servers refuse long headers.
	MaxChunks = 4
	// MaxCandidates is how many values of one request are tried: each may cost a look into
	// a database.
	MaxCandidates = 8

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
// first and at most MaxCandidates. A name may come more than once, and chunks may be left
// over from a longer value: a site on another path, host or port has set a cookie of that
// name too, and the browser sends both. No rule tells which is ours before they are read.
// So the candidates are the cookies with the plain name, and the chunks from .0 on joined
// as far as they go and with fewer at a time, in every combination. Both kinds take turns,
// so that planted cookies of one kind do not crowd out the other.
func (c Cookie) Candidates(r *http.Request) []string {
	plain, chunks := c.received(r)
	if chunks[0] == nil { // most requests, so nothing is joined
		return plain
	}
	joined := join(chunks)
	var candidates []string
	for i := range max(len(joined), len(plain)) {
		for _, kind := range [][]string{joined, plain} {
			if i < len(kind) && len(candidates) < MaxCandidates && !slices.Contains(candidates, kind[i]) {
				candidates = append(candidates, kind[i])
			}
		}
	}
	return candidates
}

// received returns the values of the request's cookies with the plain name, and those of
// each chunk that can be read.
func (c Cookie) received(r *http.Request) (plain []string, chunks [MaxChunks][]string) {
	for name, text := range received(r) {
		n, ours := c.chunk(name)
		if !ours {
			continue
		}
		value := DecodeValue(text)
		switch {
		case value == "":
		case n == plainName:
			plain = addNew(plain, value)
		case n < MaxChunks:
			chunks[n] = addNew(chunks[n], value)
		}
	}
	return plain, chunks
}

// addNew adds a value that is new, as long as there are few.
func addNew(values []string, value string) []string {
	if len(values) == MaxCandidates || slices.Contains(values, value) {
		return values
	}
	return append(values, value)
}

// join returns what the chunks can be joined to, longest first. A chunk behind a gap
// belongs to another value.
func join(chunks [MaxChunks][]string) []string {
	var byLength [][]string
	starts := []string{""}
	for _, values := range chunks {
		var longer []string
		for _, start := range starts {
			for _, value := range values {
				longer = addNew(longer, start+value)
			}
		}
		if longer == nil {
			break
		}
		byLength = append(byLength, longer)
		starts = longer
	}
	slices.Reverse(byLength)
	return slices.Concat(byLength...)
}

// Carried returns the names under which a request carries the session cookie, plain or as
// a chunk of any number, for Write and Clear to remove.
func (c Cookie) Carried(r *http.Request) []string {
	var names []string
	for name := range received(r) {
		if _, ours := c.chunk(name); ours && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// plainName is the number of the cookie that is no chunk.
const plainName = -1

// chunk returns the number of the chunk that travels under a name. Numbers are written
// without a sign or leading zeros; ours is false for every other name.
func (c Cookie) chunk(name string) (n int, ours bool) {
	if name == c.Name {
		return plainName, true
	}
	digits, ours := strings.CutPrefix(name, c.Name+".")
	if !ours {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == digits
}

// name is the name of a chunk.
func (c Cookie) name(chunk int) string { return c.Name + "." + strconv.Itoa(chunk) }

// prefixed puts a cookie name prefix, which binds the cookie to https (RFC 6265bis
// §4.1.3), in front of a name when secure is set.
func prefixed(prefix, name string, secure bool) string {
	if !secure {
		return name
	}
	return prefix + name
}
