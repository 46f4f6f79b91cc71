package kit

import (
	"fmt"
	"net/http"
	"net/url"
	pathpkg "path"
	"strings"
)

// MaxCallback is the longest callbackUrl taken, in bytes.
const MaxCallback = 2048

// LocalPath reduces a callbackUrl to a path on our own origin, and is the one
// place that decides what a callbackUrl may be. ok is false for anything else:
// what net/url and a browser read differently is refused, not repaired
// (security.md RD-1).
func (k *Kit) LocalPath(raw string) (path string, ok bool) {
	if raw == "" || len(raw) > MaxCallback || strings.ContainsFunc(raw, suspicious) {
		return "", false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.User != nil {
		return "", false
	}
	ours := u.Scheme == k.origin.Scheme && u.Host == k.origin.Host
	local := u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//")
	if !ours && !local {
		return "", false
	}
	path = u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if strings.HasPrefix(path, "//") { // alone it would name another host
		return "", false
	}
	u = &url.URL{RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}
	return path + u.String(), true
}

// suspicious characters are dropped or turned into slashes by browsers, or
// have no business in a URL.
func suspicious(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }

// Destination is where to go after signing in: the callbackUrl if it is ours.
// A page that sends on who is signed in is no place to go: it would send him
// back and forth.
func (k *Kit) Destination(callbackURL string) string {
	path, ok := k.LocalPath(callbackURL)
	page, _, _ := strings.Cut(path, "?")
	page, _, _ = strings.Cut(page, "#")
	page = pathpkg.Clean(page) // as a browser and net/http do with dots in it
	if !ok || page == "/signin" || page == "/signup" || page == ReauthPath || page == k.AuthPath+"/signin" {
		return "/dashboard"
	}
	return path
}

// SeeOther sends the browser to a path of ours with a GET. Where it leads
// depends on who asks, so nobody keeps the answer. The path goes out as it is:
// http.Redirect would clean it, the query and the fragment included.
func SeeOther(w http.ResponseWriter, _ *http.Request, path string) error {
	Private(w.Header())
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// wanted is the address of a request as a callbackUrl. What browsers leave as it
// is in a query, and LocalPath refuses, is escaped.
func wanted(r *http.Request) string {
	var b strings.Builder
	for _, c := range []byte(r.URL.RequestURI()) {
		if suspicious(rune(c)) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
