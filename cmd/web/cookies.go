package main

import (
	"crypto/sha256"
	"encoding/hex"
	"latchkey/internal/auth"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	cookieNamePattern = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$`)
	chunkName         = regexp.MustCompile(`\.[0-9]+$`)
)

// takenCookies are the other cookies of Auth.js, less their prefix. They come
// from authjs. and, before version 5, from next-auth.
var takenCookies = []string{"csrf-token", "callback-url", "pkce.code_verifier", "state", "nonce", "challenge"}

func (l *loader) cookieName(name string, https bool) string {
	v := l.value(name)
	if v == "" {
		return ""
	}
	bare, prefixed := withoutPrefix(v)
	kind := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(bare), "authjs."), "next-auth.")
	switch {
	case !cookieNamePattern.MatchString(v):
		l.bad(name, "is %q; allowed: up to 100 letters, digits and - _ .", v)
	case prefixed && !https:
		l.bad(name, "is %q; a name with __Secure- or __Host- needs an https BASE_URL", v)
	case bare == "":
		l.bad(name, "is %q; a name comes after the prefix", v)
	case kind != strings.ToLower(bare) && slices.Contains(takenCookies, chunkName.ReplaceAllString(kind, "")):
		l.bad(name, "is %q, which is another cookie of Auth.js; the session needs one of its own", v)
	case chunkName.MatchString(v):
		l.bad(name, "is %q; a dot and a number at the end mark the pieces of a long cookie", v)
	}
	return v
}

// withoutPrefix cuts off the prefix that browsers hold a cookie to, in
// whatever case (RFC 6265bis §4.1.3).
func withoutPrefix(name string) (bare string, prefixed bool) {
	for _, prefix := range []string{"__secure-", "__host-"} {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			return name[len(prefix):], true
		}
	}
	return name, false
}

// developmentCookie names the session cookie after the site and the folder of
// the project. Cookies know no ports: two projects on one machine share a jar,
// and each would sign the other out.
func developmentCookie(dir string, https bool) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte(dir))
	site := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(siteName), "-"), "-")
	name := site + "-" + hex.EncodeToString(sum[:3]) + ".session-token"
	if https {
		return "__Secure-" + name
	}
	return name
}

// maxCookie bounds what a session may take of an answer's header. Development has no
// proxy in front that would refuse more, and a session in several cookies is worth a look.
func (l *loader) maxCookie(name string, production bool) int {
	usual := 16 << 10
	if production {
		usual = auth.DefaultMaxCookieBytes
	}
	return l.integer(name, usual, 1<<10, 16<<10)
}
