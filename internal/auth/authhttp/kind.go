package authhttp

import (
	"net/http"
	"strings"
)

// Kind is what a route serves, as far as the session cookie is concerned.
type Kind int

const (
	// Page is a page, or what a form or a script of one calls. Only a navigation
	// of the user renews the session and touches the cookie, so that the many
	// parallel requests of a page do not overwrite each other's.
	Page Kind = iota
	// Poll is asked in the background again and again: the session endpoint and
	// those that clients of Auth.js call beside it. It renews the session if
	// polling keeps it alive, or if the request has ?active: the user said that
	// they are here.
	Poll
	// Silent is opened by the page and not by the user. It leaves the cookie alone.
	Silent
)

// renews reports whether a request counts as activity of its user: it may slide the
// session's expiry and write the cookie that says so.
func (e *Edge) renews(kind Kind, r *http.Request) bool {
	switch kind {
	case Page:
		return isNavigation(r)
	case Poll:
		return !isElsewhere(r) && (e.PollKeepsAlive || r.URL.RawQuery != "" && r.URL.Query().Has("active"))
	}
	return false
}

// isElsewhere reports whether a page of another origin has made the request
// behind its user's back: an image of a sibling host, to which SameSite cookies
// go, is no activity of theirs.
func isElsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return (site == "same-site" || site == "cross-site") && !isNavigation(r)
}

// isNavigation reports whether the user went to this page. Browsers that do not
// send fetch metadata, and those on plain http, are taken at their GET.
func isNavigation(r *http.Request) bool {
	if strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		return false
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return r.Method == http.MethodGet
}
