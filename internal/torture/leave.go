package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
)

// leave ends a session, or several, in one of the ways that users have.
func (w *worker) leave(ctx context.Context) {
	a := w.pick()
	for len(a.live) < sessionLimit && ctx.Err() == nil && w.rng.IntN(4) > 0 {
		w.arrive(ctx, a)
	}
	if len(a.live) == 0 {
		return
	}
	w.remember(ctx, a)
	if len(a.live) == 0 || ctx.Err() != nil {
		return
	}
	s := a.live[w.rng.IntN(len(a.live))]
	switch n := w.rng.IntN(20); {
	case n < 10:
		w.signOut(s)
	case a.inDoubt():
		w.signOut(s) // what a page says of the others may be about more than is known here
	case n < 13:
		w.endDevice(s, a.live[w.rng.IntN(len(a.live))])
	case n < 16:
		w.endSeveral(s, "/account/sessions/end-others", "others")
	case n < 18:
		w.endSeveral(s, "/account/sessions/end-all", "everywhere")
	case w.change.due():
		w.changePassword(ctx, s)
	default:
		w.arrive(ctx, a) // at the limit, or else one more
	}
}

// remember has every instance remember the sessions of an account, so that what refuses them
// later is not that they are unknown.
func (w *worker) remember(ctx context.Context, a *account) {
	for _, s := range append([]*session(nil), a.live...) {
		for _, i := range w.instances {
			if w.reaches(i) {
				w.look(ctx, s, i)
			}
		}
	}
}

// post is a form that the user of a session sends.
func (s *session) post(path string, form url.Values) request {
	return request{
		method: http.MethodPost, path: path, cookie: s.newest(), companion: s.companion, device: s.account.device, address: s.account.address,
		form: form.Encode(), navigates: true,
	}
}

// signOut is acknowledged by the way to the sign-in page. Anything else is no promise.
func (w *worker) signOut(s *session) {
	a, ok := w.send(w.client, w.where(), s.post("/signout", nil))
	if ok && a.redirectsTo("/signin") {
		w.bury(s, ending{a.got, a.by, "sign-out"}, false)
		return
	}
	s.account.doubt()
}

// endDevice ends another session of the same user, or the own one, from the list of devices.
func (w *worker) endDevice(s, other *session) {
	a, ok := w.send(w.client, w.where(), s.post("/account/sessions/"+other.id+"/end", nil))
	if ok && (a.redirectsTo("/account/sessions") || other == s && a.redirectsTo("/signin")) {
		w.bury(other, ending{a.got, a.by, "device"}, false)
		return
	}
	s.account.doubt()
}

// endSeveral ends all sessions of the user, or all but this one.
func (w *worker) endSeveral(s *session, path, how string) {
	a, ok := w.send(w.client, w.where(), s.post(path, nil))
	others := a.redirectsTo("/account/sessions")
	if !ok || !others && !(a.redirectsTo("/signin") && strings.Contains(a.location, "reason="+"everywhere")) {
		s.account.doubt()
		return
	}
	for _, other := range append([]*session(nil), s.account.live...) {
		if other != s || !others {
			w.bury(other, ending{a.got, a.by, how}, false)
		}
	}
}

// changePassword ends all sessions, and begins one for this browser.
func (w *worker) changePassword(ctx context.Context, s *session) {
	account := s.account
	next := rand.Text()
	r := s.post("/account/password", url.Values{"current": {account.password}, "password": {next}})
	r.agent = changeAgent
	a, ok := w.send(w.client, w.where(), r)
	if !ok || a.status >= 500 {
		account.perhaps = next
		account.doubt()
		return
	}
	if a.status != http.StatusSeeOther || !a.redirectsTo("/account/sessions") && !a.redirectsTo("/signin") || strings.Contains(a.location, "callbackUrl") {
		return
	}
	account.password, account.perhaps = next, ""
	for _, other := range append([]*session(nil), account.live...) {
		w.bury(other, ending{a.got, a.by, "password"}, false)
	}
	if a.cookie != "" {
		w.own(ctx, account, a, ending{a.got, a.by, "limit"})
	}
}
