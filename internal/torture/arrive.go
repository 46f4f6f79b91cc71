package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"latchkey/internal/auth"
)

// arrive begins a session of an account: now and then by its password, which costs a server
// as much as a thousand polls, and else as an operator would, in the database.
func (w *worker) arrive(ctx context.Context, a *account) {
	if w.password.due() {
		w.signIn(ctx, a)
		return
	}
	w.begin(ctx, a, w.truth.operator)
}

// begin begins a session without a password. nil = the database is away.
func (w *worker) begin(ctx context.Context, a *account, by *auth.Service) *session {
	issued, err := by.Begin(ctx, auth.Login{UserID: a.id, Method: auth.MethodPassword, Client: auth.Client{IP: a.address, UserAgent: operatorAgent}})
	if err != nil {
		a.doubt() // it may have been committed, and have ended another one
		time.Sleep(20 * time.Millisecond)
		return nil
	}
	s := &session{
		id: issued.Session.ID, account: a, cookies: []string{issued.Cookie}, begun: time.Now(),
		companion: companionName + "=" + by.Companion(issued.Session.ID),
	}
	w.ledger.count("sessions begun by an operator")
	w.admit(ctx, s, ending{at: s.begun, how: "limit"})
	return s
}

// admit takes in a session that was acknowledged. made is what it has done to one that it has
// put out at the limit.
func (w *worker) admit(ctx context.Context, s *session, made ending) {
	w.ledger.begins(s)
	a := s.account
	a.live = append(a.live, s)
	if len(a.live) > sessionLimit || a.strays {
		w.sweep(ctx, a, made)
	}
}

// sweep finds out which sessions of an account have made room. made counts for them if nobody
// else can have ended one until the database was asked.
func (w *worker) sweep(ctx context.Context, a *account, made ending) {
	live, err := w.settle(ctx, a)
	if err != nil {
		a.doubt()
		return
	}
	if a.strays || a.crowded {
		made = ending{at: time.Now(), how: made.how}
	}
	a.strays = a.inDoubt() || len(live) > len(a.live)
	w.ledger.tried(aboveLimit, 1)
	if len(live) > sessionLimit {
		w.ledger.violated(aboveLimit, "%s has %d sessions, %d are allowed", a.email, len(live), sessionLimit)
	}
	for _, other := range append([]*session(nil), a.live...) {
		if _, lives := live[other.id]; !lives {
			w.bury(other, made, false)
		}
	}
}

// settle asks the database which sessions of an account are live, as often as it takes.
func (w *worker) settle(ctx context.Context, a *account) (live map[string]string, err error) {
	for range 300 {
		if live, err = w.truth.live(ctx, a.id); err == nil || ctx.Err() != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return live, err
}

// signInForm is the form that a user sends.
func (a *account) signInForm() request {
	return request{
		method: http.MethodPost, path: "/signin", address: a.address, device: a.device, navigates: true,
		form: url.Values{"email": {a.email}, "password": {a.password}}.Encode(),
	}
}

// signIn signs in with the password.
func (w *worker) signIn(ctx context.Context, a *account) {
	at := w.where()
	answer, ok := w.send(w.client, at, a.signInForm())
	w.signedIn(ctx, a, answer, ok)
}

// signedIn takes in the answer to a form that signs in. The row of a session must be there as
// soon as its cookie is.
func (w *worker) signedIn(ctx context.Context, a *account, answer answer, ok bool) {
	if !ok || answer.status >= 500 {
		a.doubt()
	}
	if answer.status == http.StatusUnprocessableEntity && a.perhaps != "" { // the change of the password was carried out
		a.password, a.perhaps = a.perhaps, a.password
	}
	if !ok || answer.status != http.StatusSeeOther || answer.cookie == "" {
		return
	}
	w.ledger.count("sign-ins by password")
	if answer.device != "" {
		a.device = answer.device
	}
	w.own(ctx, a, answer, ending{answer.got, answer.by, "limit"})
}

// own takes in a session by the cookie that an answer sets.
func (w *worker) own(ctx context.Context, a *account, answer answer, made ending) {
	for range 300 {
		found, err := w.truth.find(ctx, answer.cookie)
		switch {
		case err == nil && found.User.ID == a.id:
			s := &session{id: found.ID, account: a, cookies: []string{answer.cookie}, companion: answer.companion, begun: time.Now()}
			if found.EndedAt.IsZero() {
				w.admit(ctx, s, made)
			} else { // another one has put it out already
				w.ledger.begins(s)
				w.bury(s, ending{at: time.Now(), how: "limit"}, false)
			}
			return
		case err == nil:
			w.ledger.violated(wrongUser, "the cookie that server %d sets for %s is of a session of %s", answer.by.instance.number, a.email, found.User.Email)
			return
		case isNotFound(err):
			w.ledger.violated(lostSession, "server %d has set a cookie for %s of which there is no row", answer.by.instance.number, a.email)
			return
		}
		if ctx.Err() != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	a.doubt() // whom it has put out is not known
}
