package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
)

func (s *site) profile(w http.ResponseWriter, r *http.Request) error {
	u := authhttp.FromContext(r.Context()).Session.User
	p := s.privatePage(r)
	if r.FormValue("done") == "saved" {
		p.Toast = "Your profile is saved."
	}
	return s.render(w, r, http.StatusOK, views.Profile(p, views.ProfileModel{Name: u.Name, Email: u.Email}))
}

// saveProfile changes what users may change of their own account. Every session
// of the user shows it from its next request on.
func (s *site) saveProfile(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	u := authhttp.FromContext(r.Context()).Session.User
	name := r.PostFormValue("name")
	err := s.Accounts.EditUser(r.Context(), u.ID, accounts.Edit{Name: &name})
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return s.render(w, r, http.StatusUnprocessableEntity, views.Profile(s.privatePage(r), views.ProfileModel{
			Name: name, Email: u.Email, Errors: views.Errors(invalid),
		}))
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/account/profile?done=saved")
}
