package kit

import (
	"net/http"
	"time"
)

// linkAge is how long a page stays open that a link in a mail led to.
const linkAge = 15 * time.Minute

// MailLink is the page that the link in a mail leads to. The token in the address is in
// the browser's history, on a screen that others see, and in the log of a proxy: it moves
// into a cookie at once, and the address is the page's own (ASVS 14.2.1, RS-4).
type MailLink struct {
	kept *Kept
	path string
}

// MailLink returns the page at a path.
func (k *Kit) MailLink(name, path string) *MailLink { return &MailLink{k.Keep(name, linkAge), path} }

// Quiet goes around the routes of such pages: no address of them is told to anyone, not
// even to this site.
func (k *Kit) Quiet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Private(w.Header())
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// mostToken is far more than the longest token, in bytes.
const mostToken = 200

// Moved takes the token out of the address, if one is there, and reports whether it has
// answered.
func (l *MailLink) Moved(w http.ResponseWriter, r *http.Request) (bool, error) {
	token := r.URL.Query().Get("token")
	if token == "" {
		return false, nil
	}
	if err := l.kept.Set(w, token[:min(len(token), mostToken)]); err != nil {
		return true, err
	}
	return true, SeeOther(w, r, l.path)
}

// Token is that of the form which was sent, or else of the link that was opened last: two
// links may be open at once, each form is about its own.
func (l *MailLink) Token(r *http.Request) string {
	if token := r.PostFormValue("token"); token != "" {
		return token
	}
	return l.kept.Get(r)
}

// Done forgets the token.
func (l *MailLink) Done(w http.ResponseWriter, r *http.Request) { l.kept.Forget(w, r) }
