package kit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
)

// roomBeside is how much of an answer's header the cookies may take beside which the one
// of the browser still passes a proxy that allows 4 kB: a session with that many claims
// does without it.
const roomBeside = 2600

func cookieBytes(h http.Header) (n int) {
	for _, line := range h["Set-Cookie"] {
		n += len(line)
	}
	return n
}

const (
	deviceAge     = 365 * 24 * time.Hour
	mostAccounts  = 5  // that a browser is known to; more push out the first
	accountDigest = 12 // bytes by which it knows each
)

// browser is one that has signed in here before, as a sealed cookie has it: an id,
// and the accounts. No fingerprint: a browser that forgets its cookies is a new one.
type browser struct {
	id       string
	accounts []string // digests of canonical addresses; the browser cannot read them, nor can its next user's
}

func digestOf(email string) string {
	sum := sha256.Sum256([]byte(email))
	return base64.RawURLEncoding.EncodeToString(sum[:accountDigest])
}

// browserOf is the browser that sent a request; the zero browser is a new one.
func (k *Kit) browserOf(r *http.Request) browser {
	parts := strings.Fields(k.devices.Get(r))
	if len(parts) == 0 {
		return browser{}
	}
	return browser{parts[0], parts[1:]}
}

// Device is the id of the browser, if it has signed in to an account before, by its
// canonical address; "" = it has not, as far as it can show.
func (k *Kit) Device(r *http.Request, email string) string {
	d := k.browserOf(r)
	if !slices.Contains(d.accounts, digestOf(email)) {
		return ""
	}
	return d.id
}

// signedIn adds an account to those of the browser.
func (d browser) signedIn(email string) browser {
	if d.id == "" {
		d.id = rand.Text()
	}
	digest := digestOf(email)
	d.accounts = append(slices.DeleteFunc(d.accounts, func(a string) bool { return a == digest }), digest)
	d.accounts = d.accounts[max(0, len(d.accounts)-mostAccounts):]
	return d
}

// tellWhoTries has the accounts know by whom passwords are tried and mails asked for.
func (k *Kit) tellWhoTries(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isSafe(r.Method) {
			next.ServeHTTP(w, r)
			return
		}
		by := accounts.Tryer{IP: middleware.GetClientIP(r.Context()), Device: func(email string) string { return k.Device(r, email) }}
		next.ServeHTTP(w, r.WithContext(accounts.WithTryer(r.Context(), by)))
	})
}

// knowAgain has a browser in which a session begins known to its user's account from then
// on. It goes inside the session middleware.
func (k *Kit) knowAgain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isSafe(r.Method) {
			authhttp.AtHeaders(r.Context(), func(h http.Header) {
				session, ok := authhttp.Begun(r.Context())
				if !ok || cookieBytes(h) > roomBeside {
					return
				}
				d := k.browserOf(r).signedIn(session.User.Email)
				if err := k.devices.add(h, strings.Join(append([]string{d.id}, d.accounts...), " ")); err != nil {
					k.Log.ErrorContext(r.Context(), "the browser is not known again", "error", err)
				}
			})
		}
		next.ServeHTTP(w, r)
	})
}

// clientIP finds the address that a request comes from. A forwarding header is believed
// of the proxies alone that the site is told to trust, from right to left; of garbage in it
// nothing is believed, and the connection's own address counts.
func (k *Kit) clientIP(next http.Handler) http.Handler {
	if len(k.TrustedProxies) > 0 {
		next = middleware.ClientIPFromXFF(k.TrustedProxies...)(next)
	}
	return middleware.ClientIPFromRemoteAddr(next)
}
