package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// accountDelete is how users leave for good.
type accountDelete struct{ *kit.Kit }

func (a accountDelete) form(w http.ResponseWriter, r *http.Request) error {
	return a.page(w, r, http.StatusOK, nil)
}

// submit deletes the account. Its sessions are over at once, on all instances, and its
// address is free.
func (a accountDelete) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	u := authhttp.FromContext(r.Context()).Session.User
	err := a.Accounts.Delete(r.Context(), u, r.PostFormValue("password"))
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return a.page(w, r, http.StatusUnprocessableEntity, views.Errors(invalid))
	}
	if err != nil {
		return err
	}
	if err := authhttp.ClearCookie(r.Context()); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	if err := a.Flash(w, "Your account is deleted."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/")
}

func (a accountDelete) page(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	u := authhttp.FromContext(r.Context()).Session.User
	return a.Render(w, r, status, views.AccountDelete(a.PrivatePage(r), views.DeleteModel{Email: accounts.DisplayEmail(u.Email), Errors: wrong}))
}
