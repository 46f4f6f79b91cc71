package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// accountPassword is how a user who knows their password changes it.
type accountPassword struct {
	*kit.Kit
	minLength int // of a password, in characters
}

func (a accountPassword) form(w http.ResponseWriter, r *http.Request) error {
	return a.page(w, r, http.StatusOK, nil)
}

// submit ends all sessions and begins one for this browser: its old cookie is dead as
// well (ASVS 7.4.3, 7.2.4).
func (a accountPassword) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	session := authhttp.FromContext(r.Context()).Session
	credential, err := a.Accounts.ChangePassword(r.Context(), accounts.PasswordChange{
		User: session.User, Current: r.PostFormValue("current"), New: r.PostFormValue("password"),
	})
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return a.page(w, r, http.StatusUnprocessableEntity, views.Errors(invalid))
	}
	if err != nil {
		return err
	}
	issued, err := a.Auth.Begin(r.Context(), auth.Login{
		UserID: session.User.ID, Method: auth.MethodPassword, Client: kit.ClientOf(r), Current: session, Credential: credential,
	})
	if err != nil { // the password is changed all the same
		a.Log.WarnContext(r.Context(), "no session after a change of the password; the user signs in again", "user", session.User.ID, "error", err)
		return a.signInAgain(w, r)
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	if err := a.Flash(w, "Your password is changed. Your other devices are signed out."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account/sessions")
}

func (a accountPassword) signInAgain(w http.ResponseWriter, r *http.Request) error {
	if err := authhttp.ClearCookie(r.Context()); err != nil {
		return err
	}
	if err := a.Flash(w, "Your password is changed. Sign in with the new one."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/signin")
}

func (a accountPassword) page(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	u := authhttp.FromContext(r.Context()).Session.User
	return a.Render(w, r, status, views.AccountPassword(a.PrivatePage(r), views.PasswordModel{
		Email: accounts.DisplayEmail(u.Email), MinLength: a.minLength, Errors: wrong,
	}))
}

// changePassword is the address that password managers try (W3C, A Well-Known URL for
// Changing Passwords).
func changePassword(w http.ResponseWriter, r *http.Request) error {
	return kit.SeeOther(w, r, "/account/password")
}
