package kit

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// securityHeaders sets what every answer carries, errors and static files
// included (security.md HD-1, HD-2).
func (k *Kit) securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		h := w.Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy(nonce))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if k.HTTPS() && !k.Development { // a browser would hold the name to https for two years
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}

// contentSecurityPolicy allows scripts by nonce only: a file that someone
// manages to place on our origin still cannot run.
func contentSecurityPolicy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'nonce-" + nonce + "'",
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"manifest-src 'self'",
		"connect-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"object-src 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// sameOrigin refuses unsafe requests from other origins, on every route and
// before anything is read of them. Our own public origin counts as same even
// behind a proxy that rewrites Host.
func (k *Kit) sameOrigin() func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(k.Origin()); err != nil {
		panic(err) // New has parsed the origin
	}
	deny := k.Handle(func(http.ResponseWriter, *http.Request) error {
		return &Error{Status: http.StatusForbidden}
	})
	protection.SetDenyHandler(deny)
	return func(next http.Handler) http.Handler {
		checked := protection.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if k.downgraded(r) {
				deny(w, r)
				return
			}
			checked.ServeHTTP(w, r)
		})
	}
}

// downgraded reports an unsafe request from the http:// twin of an https site:
// a page that anyone on the network can write. The stock check compares hosts
// and lets it pass when the browser sends no Sec-Fetch-Site.
func (k *Kit) downgraded(r *http.Request) bool {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	return !safe && k.HTTPS() && strings.HasPrefix(r.Header.Get("Origin"), "http://")
}

// Deadline bounds what a request may wait for, above all for a database that
// accepts connections and then says nothing.
func Deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// limitBody caps what is read of a request's body; reading past it is a 413.
func limitBody(bytes int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return http.MaxBytesHandler(next, bytes) }
}
