package kit

import (
	"net/http"
	"net/url"
	"strings"
)

// wantsPage reports a navigation: what the answer shows is what the user sees. A
// fetch, an htmx element or a program gets JSON, for a page of ours would be
// swapped into theirs.
func wantsPage(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return !isHTMX(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

func isHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// Problem is the answer to a program (RFC 9457). Its type is about:blank, so that
// title is the status in words.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`    // for people
	RequestID string `json:"requestId,omitempty"` // to find the request in the log
}

func writeProblem(w http.ResponseWriter, r *http.Request, e *Error) {
	Private(w.Header())
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, e.Status, Problem{"about:blank", http.StatusText(e.Status), e.Status, e.Text, RequestID(r.Context())})
}

// unauthorized answers a program that is not signed in. htmx leads its user to the
// sign-in page, and back to the page that they are on.
func (k *Kit) unauthorized(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("WWW-Authenticate", `Session realm="`+k.Origin()+`"`) // RFC 9110 §15.5.2 wants a challenge; no browser knows this one
	if isHTMX(r) {
		query := url.Values{}
		if at, ok := k.LocalPath(r.Header.Get("HX-Current-URL")); ok {
			query.Set("callbackUrl", at)
		}
		h.Set("HX-Redirect", "/signin?"+query.Encode())
	}
	return &Error{Status: http.StatusUnauthorized, Text: "Sign in first."}
}
