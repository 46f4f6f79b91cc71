package web

import (
	"errors"
	"net/http"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// signUp is how people become users.
type signUp struct {
	*kit.Kit
	minLength int // of a password, in characters
}

func (s signUp) form(w http.ResponseWriter, r *http.Request) error {
	if s.RedirectUser(w, r) {
		return nil
	}
	return s.RenderPublic(w, r, http.StatusOK, views.SignUp(s.Page(r), views.SignUpModel{
		CallbackURL: r.FormValue("callbackUrl"),
		MinLength:   s.minLength,
	}))
}

// submit creates the account and signs it in, or has its address confirmed first.
func (s signUp) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	in := accounts.Registration{
		Name:     r.PostFormValue("name"),
		Email:    r.PostFormValue("email"),
		Password: r.PostFormValue("password"),
	}
	if s.Accounts.RequiresVerified() {
		return s.apply(w, r, in)
	}
	u, err := s.Accounts.Register(r.Context(), in)
	if errors.Is(err, accounts.ErrEmailTaken) {
		if issued, err := s.signInInstead(r, in); err == nil {
			return s.enter(w, r, issued)
		}
	}
	if signUpErrors(err) != nil {
		return s.again(w, r, in, err)
	}
	if err != nil {
		return err
	}
	if err := s.SignedUp(w, u.ID, accounts.DisplayEmail(u.Email)); err != nil {
		return err
	}
	issued, err := s.Accounts.Begin(r.Context(), auth.Login{
		UserID: u.ID, Method: auth.MethodSignUp, Client: kit.ClientOf(r), Current: authhttp.FromContext(r.Context()).Session,
	})
	if err != nil {
		return err
	}
	return s.enter(w, r, issued)
}

// apply answers a new and a taken address alike; the mail tells which it was.
func (s signUp) apply(w http.ResponseWriter, r *http.Request, in accounts.Registration) error {
	began := time.Now()
	userID, err := s.Accounts.Apply(r.Context(), in)
	if signUpErrors(err) != nil {
		return s.again(w, r, in, err)
	}
	if err != nil {
		return err
	}
	s.Pad(r, began) // the mail to the owner of a taken address takes other statements
	email, _ := accounts.CanonicalEmail(in.Email)
	if err := s.SignedUp(w, userID, accounts.DisplayEmail(email)); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/verify/sent")
}

// again shows the form with what is wrong.
func (s signUp) again(w http.ResponseWriter, r *http.Request, in accounts.Registration, err error) error {
	return s.Render(w, r, http.StatusUnprocessableEntity, views.SignUp(s.Page(r), views.SignUpModel{
		Name: in.Name, Email: in.Email, CallbackURL: r.PostFormValue("callbackUrl"),
		MinLength: s.minLength, Errors: signUpErrors(err), EmailTaken: errors.Is(err, accounts.ErrEmailTaken),
	}))
}

// signInInstead lets in a user who has signed up before, perhaps a moment ago
// with the same form, and gives the right password.
func (s signUp) signInInstead(r *http.Request, in accounts.Registration) (auth.Issued, error) {
	return s.Accounts.Login(r.Context(), accounts.Credentials{
		Email: in.Email, Password: in.Password, Client: kit.ClientOf(r), Current: authhttp.FromContext(r.Context()).Session,
	})
}

// enter gives the browser its session and leads on.
func (s signUp) enter(w http.ResponseWriter, r *http.Request, issued auth.Issued) error {
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	return kit.SeeOther(w, r, s.Destination(r.PostFormValue("callbackUrl")))
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
