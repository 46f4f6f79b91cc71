package main

import (
	"bytes"
	"net/http"
)

// The pages that are asked for.
const (
	pathSession = "/auth/session"       // what an open tab asks; its body is null for nobody
	pathPage    = "/account/appearance" // a protected page that asks the database nothing by itself
)

// poll is the question of an open tab, as a request.
func (s *session) poll(cookie string) request {
	return request{method: http.MethodGet, path: pathSession, cookie: cookie, companion: s.companion, address: s.account.address}
}

// page opens a page.
func (s *session) page(cookie string) request {
	return request{method: http.MethodGet, path: pathPage, cookie: cookie, companion: s.companion, address: s.account.address, navigates: true}
}

// judge says whom an answer to poll or page shows. It must never be anybody else.
func (w *worker) judge(s *session, a answer) verdict {
	w.ledger.answeredFor()
	switch {
	case a.status == http.StatusOK && bytes.Contains(a.body, []byte(s.account.email)):
		return ours
	case a.status == http.StatusOK && string(bytes.TrimSpace(a.body)) == "null", a.redirectsTo("/signin"):
		return nobody
	case a.status == http.StatusOK:
		w.ledger.violated(wrongUser, "server %d answers the cookie of %s: %.300s", a.by.instance.number, s.account.email, a.body)
	}
	return unknown
}
