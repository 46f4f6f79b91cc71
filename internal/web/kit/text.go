package kit

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"latchkey/internal/auth"
)

// textOnly refuses text that no database takes: a NUL, which PostgreSQL has no
// place for, and bytes that are no UTF-8. It looks at the path, the query and the
// fields of a form.
func (k *Kit) textOnly(next http.Handler) http.Handler {
	return k.gate(next, func(r *http.Request) error {
		b := boundsOf(r.Context())
		form := b != nil && b.whole && isForm(r)
		if !isText(r.URL.Path) || !isTextQuery(r.URL.RawQuery) || form && !isTextQuery(string(b.read)) {
			k.record(r, auth.EventInputFail, "what", "text")
			return &Error{Status: http.StatusUnprocessableEntity}
		}
		return nil
	})
}

// isTextQuery checks names and values. What cannot be parsed is for the handler
// to refuse.
func isTextQuery(query string) bool {
	if query == "" {
		return true
	}
	values, _ := url.ParseQuery(query)
	for name, list := range values {
		if !isText(name) || !isText(strings.Join(list, "")) {
			return false
		}
	}
	return true
}

func isText(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }
