package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// profile is what users may change of their own account.
type profile struct{ *kit.Kit }

func (s profile) show(w http.ResponseWriter, r *http.Request) error {
	u := authhttp.FromContext(r.Context()).Session.User
	return s.Render(w, r, http.StatusOK, views.Profile(s.PrivatePage(r), views.ProfileModel{Name: u.Name, Email: accounts.DisplayEmail(u.Email)}))
}

// submit saves it. Every session of the user shows it from its next request on.
func (s profile) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	u := authhttp.FromContext(r.Context()).Session.User
	name := r.PostFormValue("name")
	err := s.Accounts.EditUser(r.Context(), u.ID, accounts.Edit{Name: &name})
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return s.Render(w, r, http.StatusUnprocessableEntity, views.Profile(s.PrivatePage(r), views.ProfileModel{
			Name: name, Email: accounts.DisplayEmail(u.Email), Errors: views.Errors(invalid),
		}))
	}
	if err != nil {
		return err
	}
	if err := s.Flash(w, "Your profile is saved."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account/profile")
}
