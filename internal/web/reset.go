package web

import (
	"context"
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// reset is how users get a new password who have forgotten the old one.
type reset struct {
	*kit.Kit
	link      *kit.MailLink
	minLength int // of a password, in characters
}

func newReset(k *kit.Kit, minLength int) reset {
	return reset{k, k.MailLink("reset", "/reset"), minLength}
}

func (s reset) forgot(w http.ResponseWriter, r *http.Request) error {
	return s.forgotPage(w, r, http.StatusOK, nil)
}

func (s reset) forgotPage(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	return s.Render(w, r, status, views.Forgot(s.Page(r), views.ForgotModel{Email: r.FormValue("email"), Errors: wrong}))
}

// send answers every address alike, and in the same time.
func (s reset) send(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	email := r.PostFormValue("email")
	err := s.Steadily(r, func(ctx context.Context) error { return s.Accounts.Forgot(ctx, email) })
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return s.forgotPage(w, r, http.StatusUnprocessableEntity, views.Errors(invalid))
	}
	if err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/forgot/sent")
}

func (s reset) sent(w http.ResponseWriter, r *http.Request) error {
	return s.Render(w, r, http.StatusOK, views.CheckMail(s.Page(r), views.CheckMailModel{
		Text: "If that address has an account, a link to choose a new password is on its way. It works for an hour.",
		Back: views.Link{Label: "Try another address", Href: "/forgot"},
	}))
}

// form is where the link in the mail leads. It changes nothing: programs open links, too.
func (s reset) form(w http.ResponseWriter, r *http.Request) error {
	if moved, err := s.link.Moved(w, r); moved {
		return err
	}
	return s.page(w, r, http.StatusOK, nil)
}

// submit sets the password and signs nobody in (RS-5).
func (s reset) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	err := s.Accounts.Reset(r.Context(), s.link.Token(r), r.PostFormValue("password"))
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return s.page(w, r, http.StatusUnprocessableEntity, views.Errors(invalid))
	}
	if err != nil {
		return deadLink(err, "/forgot")
	}
	s.link.Done(w, r)
	if err := s.Flash(w, "Your password is changed. Sign in with the new one."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/signin")
}

func (s reset) page(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	secret := s.link.Token(r)
	t, err := s.Accounts.FindToken(r.Context(), accounts.PurposeReset, secret)
	if err != nil {
		return deadLink(err, "/forgot")
	}
	return s.Render(w, r, status, views.Reset(s.Page(r), views.ResetModel{
		Email: accounts.DisplayEmail(t.Email), Token: secret, MinLength: s.minLength,
		Other: accounts.DisplayEmail(s.Other(r, t.UserID)), Errors: wrong,
	}))
}
