package authhttp

import (
	"net/http"
	"strings"

	"latchkey/internal/auth"
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

// touch is what a request may do to its session and its cookie.
type touch struct {
	renews      bool
	deletesNone bool // the cookie of no session of ours
	deletesDead bool // the cookie of an ended session
}

var pageTouch = touch{renews: true, deletesNone: true, deletesDead: true}

func (e *Edge) touch(kind Kind, r *http.Request) touch {
	switch {
	case kind == Page && isNavigation(r):
		return pageTouch
	case kind == Poll && !isElsewhere(r):
		return touch{renews: e.PollKeepsAlive || r.URL.Query().Has("active"), deletesNone: true}
	}
	return touch{}
}

// deletes reports whether the answer deletes the cookie, which is good for
// nothing any more. An answer may be late and come after that of a sign-in in
// another tab, whose new cookie it must not delete. So the cookie of an ended
// session is left to the next page that is opened, and that of a replaced one
// to its successor.
func (t touch) deletes(r auth.Result) bool {
	switch r.State {
	case auth.StateNone:
		return t.deletesNone && r.Err == nil
	case auth.StateEnded:
		return t.deletesDead && r.Reason != auth.ReasonReplaced
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
