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
type accountEmail struct {
	*kit.Kit
	undo *kit.MailLink // where the owner of a former address takes it back
}

func newAccountEmail(k *kit.Kit) accountEmail {
	return accountEmail{k, k.MailLink("undo", "/account/email/undo")}
}

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
	err := a.Accounts.RequestEmailChange(r.Context(), u, r.PostFormValue("password"), email)
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

// undoForm is where the link leads that the former address got. It changes nothing.
func (a accountEmail) undoForm(w http.ResponseWriter, r *http.Request) error {
	if moved, err := a.undo.Moved(w, r); moved {
		return err
	}
	t, err := a.Accounts.FindToken(r.Context(), accounts.PurposeUndo, a.undo.Token(r))
	if err != nil {
		return deadLink(err, "/forgot")
	}
	return a.Render(w, r, http.StatusOK, views.EmailUndo(a.Page(r), accounts.DisplayEmail(t.Email), a.undo.Token(r)))
}

// undoSubmit gives the user their address back.
func (a accountEmail) undoSubmit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	t, err := a.Accounts.FindToken(r.Context(), accounts.PurposeUndo, a.undo.Token(r))
	if err == nil {
		err = a.Accounts.UndoEmailChange(r.Context(), a.undo.Token(r))
	}
	if errors.Is(err, accounts.ErrEmailTaken) {
		err = accounts.ErrToken
	}
	if err != nil {
		return deadLink(err, "/forgot")
	}
	a.undo.Done(w, r)
	return a.Render(w, r, http.StatusOK, views.EmailUndone(a.GuestPage(r), accounts.DisplayEmail(t.Email)))
}
