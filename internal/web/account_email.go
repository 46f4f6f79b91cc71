package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// accountEmail is how users change the address that they sign in with.
type accountEmail struct{ *kit.Kit }

func (a accountEmail) form(w http.ResponseWriter, r *http.Request) error {
	return a.page(w, r, http.StatusOK, views.EmailModel{})
}

// submit sends a link to the new address. The answer is the same for an address that
// has an account: its owner gets a mail that says so.
func (a accountEmail) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	u := authhttp.FromContext(r.Context()).Session.User
	email := r.PostFormValue("email")
	err := a.Accounts.RequestEmailChange(r.Context(), u, r.PostFormValue("password"), email, kit.ClientOf(r))
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return a.page(w, r, http.StatusUnprocessableEntity, views.EmailModel{Email: email, Errors: views.Errors(invalid)})
	}
	if err != nil {
		return err
	}
	if err := a.Flash(w, "Check your mail: we sent a link to the new address."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account")
}

func (a accountEmail) page(w http.ResponseWriter, r *http.Request, status int, m views.EmailModel) error {
	m.Current = accounts.DisplayEmail(authhttp.FromContext(r.Context()).Session.User.Email)
	return a.Render(w, r, status, views.AccountEmail(a.PrivatePage(r), m))
}
