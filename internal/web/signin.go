package web

import (
	"errors"
	"net/http"
	"strings"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// signIn is how users come in by password.
type signIn struct {
	*kit.Kit
	demo *views.Demo // the account that the form shows; nil = none
}

func (s signIn) form(w http.ResponseWriter, r *http.Request) error {
	if s.RedirectUser(w, r) {
		return nil
	}
	m := views.SignInModel{Email: r.FormValue("email"), Notice: strings.TrimSpace(endedNotice(r) + " " + tooLong(r))}
	if text := signInError(r); text != "" {
		m.Errors = views.Errors{"": text}
	}
	return s.page(w, r, http.StatusOK, m)
}

func (s signIn) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	email := r.PostFormValue("email")
	issued, err := s.Accounts.Login(r.Context(), accounts.Credentials{
		Email:    email,
		Password: r.PostFormValue("password"),
		Client:   kit.ClientOf(r),
		Current:  authhttp.FromContext(r.Context()).Session,
	})
	if waiting, ok := errors.AsType[*accounts.UnverifiedError](err); ok {
		return s.unverified(w, r, waiting)
	}
	if errors.Is(err, accounts.ErrCredentials) {
		return s.page(w, r, http.StatusUnprocessableEntity, views.SignInModel{
			Email:  email,
			Errors: views.Errors{"": wrongCredentials},
		})
	}
	if full, ok := errors.AsType[*auth.LimitError](err); ok {
		return s.SignInLimit(w, r, full)
	}
	if err != nil {
		return err
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	return kit.SeeOther(w, r, s.Destination(r.PostFormValue("callbackUrl")))
}

// unverified tells a user who has given the right password that their address has to be
// confirmed first. Nobody else learns that the account is there.
func (s signIn) unverified(w http.ResponseWriter, r *http.Request, waiting *accounts.UnverifiedError) error {
	email := accounts.DisplayEmail(waiting.Email)
	if err := s.SignedUp(w, waiting.UserID, email); err != nil {
		return err
	}
	return s.Render(w, r, http.StatusForbidden, views.CheckMail(s.Page(r), views.CheckMailModel{
		Title: "Confirm your email address", Email: email, Again: views.Resend(email, nil),
		Text: "Before you sign in for the first time, open the link that we've sent to",
	}))
}

// confirm is the answer to that offer. The field device names the session to sign
// out; "" = all that are in the way.
func (s signIn) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	login := auth.Login{Client: kit.ClientOf(r), Current: authhttp.FromContext(r.Context()).Session}
	issued, err := s.Accounts.Confirm(r.Context(), r.PostFormValue("proof"), r.PostFormValue("device"), login)
	if full, ok := errors.AsType[*auth.LimitError](err); ok { // one less does not make room
		return s.SignInLimit(w, r, full)
	}
	if errors.Is(err, auth.ErrConfirmation) {
		return s.page(w, r, http.StatusUnprocessableEntity, views.SignInModel{
			Errors: views.Errors{"": "This page is no longer valid. Sign in again to choose a device."},
		})
	}
	if err != nil {
		return err
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	return kit.SeeOther(w, r, s.Destination(r.PostFormValue("callbackUrl")))
}

// page adds to the form what it always has.
func (s signIn) page(w http.ResponseWriter, r *http.Request, status int, m views.SignInModel) error {
	m.CallbackURL = r.FormValue("callbackUrl")
	m.Demo, m.Ways = s.demo, s.SignInWays()
	p := s.Page(r)
	if m.Notice == "" { // has the focus here, where a toast has not
		m.Notice, p.Toast = p.Toast, ""
	}
	return s.RenderPublic(w, r, status, views.SignIn(p, m))
}

const wrongCredentials = "Wrong email or password."

// signInError puts the error that an Auth.js client was sent here with into
// words.
func signInError(r *http.Request) string {
	switch r.FormValue("error") {
	case "":
		return ""
	case "CredentialsSignin":
		switch r.FormValue("code") {
		case "session_limit":
			return "You've reached your limit of devices. Sign in here to choose one to sign out."
		case "rate_limited":
			return "Too many attempts. Try again in a few minutes."
		}
		return wrongCredentials
	case "MissingCSRF":
		return "This form was open for too long. Try again."
	}
	return "Sign-in failed. Try again."
}

// tooLong says that the page the visitor wanted is not where they will land.
func tooLong(r *http.Request) string {
	if len(r.FormValue("callbackUrl")) <= kit.MaxCallback {
		return ""
	}
	return "The address of the page that you wanted is too long to be kept. After signing in, open it again from where you found it."
}

// endedNotice says why the visitor is signed out: because the cookie that their
// browser still has belongs to an ended session, of which they are told once, or
// because a page that sent them here has found that out. The address alone is not
// believed: anyone can write one. What it says must be true of the cookie, or have
// been left a moment ago by session.js in a cookie of its own.
func endedNotice(r *http.Request) string {
	reason := auth.Reason(r.FormValue("reason"))
	result := authhttp.FromContext(r.Context())
	ended := result.State == auth.StateEnded
	switch {
	case ended && (authhttp.TellOnce(r.Context()) || reason == kit.ToldReason(result)):
		return endedNotices[kit.ToldReason(result)]
	case foundOut(r, reason):
		return endedNotices[reason]
	}
	return ""
}

// foundOut reports whether session.js has led a tab of this browser here because its
// session has ended for a reason.
func foundOut(r *http.Request, reason auth.Reason) bool {
	cookie, err := r.Cookie("session-ended")
	return err == nil && reason != "" && cookie.Value == string(reason)
}

var endedNotices = map[auth.Reason]string{
	auth.ReasonSignedOut:  "You're signed out.",
	kit.OtherTab:          "You were signed out in another tab.",
	auth.ReasonDevice:     "You were signed out from another device.",
	auth.ReasonLimit:      "You were signed out because your account signed in on another device.",
	auth.ReasonEverywhere: "You were signed out everywhere, from this or another device.",
	auth.ReasonPassword:   "You were signed out because your password was changed.",
	auth.ReasonAdmin:      "You were signed out because an administrator closed your account.",
	auth.ReasonReuse:      "You were signed out because an old sign-in was used a second time.",
	auth.ReasonReplaced:   "You were signed out because of a newer sign-in in this browser.",
	auth.ReasonDeleted:    "You were signed out because your account was deleted.",
	auth.ReasonExpired:    "Your session expired. Sign in to continue where you left off.",
}
