package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// account is what others see of a user, and the way to the rest of their settings.
type account struct{ *kit.Kit }

func (a account) show(w http.ResponseWriter, r *http.Request) error {
	u := authhttp.FromContext(r.Context()).Session.User
	return a.page(w, r, http.StatusOK, views.ProfileModel{Name: u.Name, Image: u.Image})
}

// submit saves it. Every session of the user shows it from its next request on.
func (a account) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	u := authhttp.FromContext(r.Context()).Session.User
	name, image := r.PostFormValue("name"), r.PostFormValue("image")
	edit := accounts.Edit{Name: &name}
	if r.PostForm.Has("image") {
		edit.Image = &image
	}
	err := a.Accounts.EditUser(r.Context(), u.ID, edit)
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return a.page(w, r, http.StatusUnprocessableEntity, views.ProfileModel{Name: name, Image: image, Errors: views.Errors(invalid)})
	}
	if err != nil {
		return err
	}
	if err := a.Flash(w, "Your profile is saved."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account")
}

func (a account) page(w http.ResponseWriter, r *http.Request, status int, m views.ProfileModel) error {
	u := authhttp.FromContext(r.Context()).Session.User
	m.Email, m.Verified = accounts.DisplayEmail(u.Email), !u.EmailVerifiedAt.IsZero()
	return a.Render(w, r, status, views.Profile(a.PrivatePage(r), m))
}
