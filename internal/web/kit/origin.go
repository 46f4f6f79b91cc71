package kit

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"latchkey/internal/auth"
)

// sameOrigin refuses unsafe requests from other origins, on every route and
// before anything is read of them. Our own public origin counts as same even
// behind a proxy that rewrites Host.
func (k *Kit) sameOrigin() func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(k.Origin()); err != nil {
		panic(err) // New has parsed the origin
	}
	deny := k.Handle(k.refuseOrigin)
	protection.SetDenyHandler(deny)
	return func(next http.Handler) http.Handler {
		checked := protection.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if k.isDowngraded(r) || k.isForeignReferer(r) {
				deny(w, r)
				return
			}
			checked.ServeHTTP(w, r)
		})
	}
}

// refuseOrigin says in the log which origin was wanted: behind a tunnel that
// rewrites headers the operator sees what to set BASE_URL to.
func (k *Kit) refuseOrigin(_ http.ResponseWriter, r *http.Request) error {
	h := r.Header
	k.record(r, auth.EventForeignSite, "want", k.Origin(), "host", short(r.Host), "origin", short(h.Get("Origin")), "sec_fetch_site", short(h.Get("Sec-Fetch-Site")), "referer", short(originOf(h.Get("Referer"))))
	return &Error{Status: http.StatusForbidden, Err: errOrigin}
}

var errOrigin = errors.New("a request from another origin")

// short keeps a header from filling the log.
func short(text string) string { return text[:min(len(text), 200)] }

// originOf is the origin of an address, without the rest, which is the user's;
// "" for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// isDowngraded reports an unsafe request from the http:// twin of an https site: a
// page that anyone on the network can write. The stock check compares hosts and
// lets it pass when the browser sends no fetch metadata. Of a browser that does,
// the metadata count: a tunnel may have rewritten the Origin.
func (k *Kit) isDowngraded(r *http.Request) bool {
	return !isSafe(r.Method) && k.HTTPS() && r.Header.Get("Sec-Fetch-Site") == "" && strings.HasPrefix(r.Header.Get("Origin"), "http://")
}

// isForeignReferer reports an unsafe request from a page of another origin, by the
// only header that is left where a browser or a proxy sends neither fetch metadata
// nor an Origin.
func (k *Kit) isForeignReferer(r *http.Request) bool {
	h := r.Header
	referer := h.Get("Referer")
	if isSafe(r.Method) || referer == "" || h.Get("Sec-Fetch-Site") != "" || h.Get("Origin") != "" {
		return false
	}
	from := originOf(referer)
	return from != k.Origin() && from != k.origin.Scheme+"://"+r.Host
}

// knownHost refuses a request for another host than the site's: an answer to it
// could land in a cache, or in a browser that was led to it by DNS rebinding. A
// health check may use the instance's address.
func (k *Kit) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.AllowedHosts == nil || isProbe(r) || slices.Contains(k.AllowedHosts, hostOf(r.Host)) {
			next.ServeHTTP(w, r)
			return
		}
		k.Log.WarnContext(r.Context(), "request for an unknown host refused", "host", short(r.Host), "want", k.AllowedHosts)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusMisdirectedRequest)
		fmt.Fprintln(w, "This server has no site of that name. Its operator can add one to ALLOWED_HOSTS.")
	})
}

func isProbe(r *http.Request) bool { return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" }

// hostOf is a Host header as a browser writes it, without port and brackets.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(header, "["), "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
