package authjs

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Write adds the Set-Cookie lines that make value the value of the session cookie until
// expires (zero = until the browser closes). The other names under which the request
// carries it, see Carried, are expired first, or an older and longer value would shine
// through in an Auth.js application. When the value needs more than MaxChunks cookies it
// writes nothing and returns ErrTooLarge.
func (c Cookie) Write(h http.Header, value string, expires time.Time, carried ...string) error {
	if err := c.check(value); err != nil {
		return fmt.Errorf("authjs: write cookie: %w", err)
	}
	pieces := split(value)
	if len(pieces) > MaxChunks {
		return fmt.Errorf("authjs: write cookie: %w: %d cookies, and at most %d fit", ErrTooLarge, len(pieces), MaxChunks)
	}
	used := c.used(len(pieces))
	c.Clear(h, slices.DeleteFunc(slices.Clone(carried), func(name string) bool { return slices.Contains(used, name) })...)
	for i, name := range used {
		c.add(h, http.Cookie{Name: name, Value: pieces[i], Expires: expires})
	}
	return nil
}

// used are the names of a value's cookies.
func (c Cookie) used(pieces int) []string {
	if pieces == 1 {
		return []string{c.Name}
	}
	var names []string
	for n := range pieces {
		names = append(names, c.name(n))
	}
	return names
}

// Chunks is how many cookies Write makes of a value.
func Chunks(value string) int { return len(split(value)) }

// MaxRemoved is how many cookies one answer removes. A neighbour can plant a hundred,
// whose removal at once would be longer than the headers that a proxy takes.
const MaxRemoved = MaxChunks + 1

// Clear adds the Set-Cookie lines that remove the session cookie under the names that the
// request carries, see Carried. Of more than five names the rest is left to a later answer.
func (c Cookie) Clear(h http.Header, carried ...string) {
	for _, name := range carried[:min(len(carried), MaxRemoved)] {
		c.add(h, http.Cookie{Name: name, MaxAge: -1})
	}
}

// HeaderBytes is how many bytes of an answer's header Write takes at most for a value, if
// it also has to remove that many other cookies.
func (c Cookie) HeaderBytes(value string, removed int) int {
	h := http.Header{}
	for n := range removed {
		c.add(h, http.Cookie{Name: c.name(n), MaxAge: -1})
	}
	for i, piece := range split(value) {
		c.add(h, http.Cookie{Name: c.name(i), Value: piece, Expires: time.Unix(0, 0)})
	}
	bytes := 0
	for _, line := range h["Set-Cookie"] {
		bytes += len("Set-Cookie: ") + len(line) + len("\r\n")
	}
	return bytes
}

// check refuses a cookie that net/http or the browser would drop in silence.
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

// add gives a cookie the attributes that all cookies of the session share: a browser
// replaces a cookie only by one with the same path and domain, and without a Domain no
// other host can read it.
func (c Cookie) add(h http.Header, cookie http.Cookie) {
	cookie.Path = "/"
	cookie.HttpOnly = true
	cookie.Secure = c.Secure
	cookie.SameSite = http.SameSiteLaxMode
	if line := cookie.String(); line != "" { // net/http knows no line for a name that is none
		h.Add("Set-Cookie", line)
	}
}

// split percent-encodes a value in pieces of at most ChunkSize octets. It never cuts
// through an encoded character, because each piece is decoded by itself. A token consists
// of characters that need no encoding, so it is cut every ChunkSize characters.
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
