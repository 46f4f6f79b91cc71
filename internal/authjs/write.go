package authjs

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Write adds the Set-Cookie lines that make value the value of the session cookie until
// expires (zero = until the browser closes). All other names of the session are expired
// first, or an older and longer value would shine through. When the value needs more than
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

// Chunks is how many cookies Write makes of a value.
func Chunks(value string) int { return len(split(value)) }

// Clear adds the Set-Cookie lines that remove the session cookie and every chunk of it.
func (c Cookie) Clear(h http.Header) {
	for _, name := range c.names() {
		c.add(h, http.Cookie{Name: name, MaxAge: -1})
	}
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
