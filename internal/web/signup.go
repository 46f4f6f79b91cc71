package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
)

func (s *site) signUpForm(w http.ResponseWriter, r *http.Request) error {
	if s.redirectUser(w, r) {
		return nil
	}
	return s.render(w, r, http.StatusOK, views.SignUp(s.newPage(r), views.SignUpModel{
		CallbackURL: r.FormValue("callbackUrl"),
		MinLength:   s.PasswordMinLength,
	}))
}

// signUp creates the account and signs it in.
func (s *site) signUp(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	in := accounts.Registration{
		Name:     r.PostFormValue("name"),
		Email:    r.PostFormValue("email"),
		Password: r.PostFormValue("password"),
	}
	u, err := s.Accounts.Register(r.Context(), in)
	if wrong := signUpErrors(err); wrong != nil {
		return s.render(w, r, http.StatusUnprocessableEntity, views.SignUp(s.newPage(r), views.SignUpModel{
			Name: in.Name, Email: in.Email, CallbackURL: r.PostFormValue("callbackUrl"),
			MinLength: s.PasswordMinLength, Errors: wrong, EmailTaken: errors.Is(err, accounts.ErrEmailTaken),
		}))
	}
	if err != nil {
		return err
	}
	issued, err := s.Auth.Begin(r.Context(), auth.Login{
		UserID: u.ID, Method: auth.MethodSignUp, Client: clientOf(r), Current: authhttp.FromContext(r.Context()).Session,
	})
	if err != nil {
		return err
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	return seeOther(w, r, s.destination(r.PostFormValue("callbackUrl")))
}

// signUpErrors is what the form says about an error; nil = not the form's.
func signUpErrors(err error) views.Errors {
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return views.Errors(invalid)
	}
	if errors.Is(err, accounts.ErrEmailTaken) {
		return views.Errors{"email": "This address already has an account."}
	}
	return nil
}
