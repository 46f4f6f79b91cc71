package kit

import (
	"maps"
	"net/http"
	"strings"
)

// securityHeaders sets what every answer carries, errors and static files
// included (security.md HD-1, HD-2). All answers share the values: a handler sets another
// one, and changes none.
func (k *Kit) securityHeaders() func(http.Handler) http.Handler {
	headers := map[string][]string{
		"Content-Security-Policy":      {noPage},
		"X-Content-Type-Options":       {"nosniff"},
		"Referrer-Policy":              {"strict-origin-when-cross-origin"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=()"},
	}
	if k.HTTPS() && !k.Development { // a browser would hold the name to https for two years
		headers["Strict-Transport-Security"] = []string{"max-age=63072000; includeSubDomains"}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), headers)
			next.ServeHTTP(w, r)
		})
	}
}

// policy is a Content-Security-Policy that allows what is named, and what every answer may
// do: send forms to this site.
func policy(allowed ...string) string {
	return strings.Join(append(allowed, "form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"), "; ")
}

// noPage is the policy of an answer that is no page: nothing runs in it.
var noPage = policy("default-src 'none'")

// asPage lets an answer run what a page of ours needs: scripts by nonce only, so that a file
// that someone manages to place on our origin still cannot run. What a handler has added
// to the policy stays, and a policy of its own as well.
func asPage(h http.Header, nonce string) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	added, ours := strings.CutPrefix(h.Get("Content-Security-Policy"), noPage)
	if !ours {
		return
	}
	h.Set("Content-Security-Policy", policy(
		"default-src 'none'",
		"script-src 'nonce-"+nonce+"'",
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"manifest-src 'self'",
		"connect-src 'self'",
	)+added)
}
