package web

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// reauth is where users prove once more that it is them; see kit.RequireRecent.
type reauth struct{ *kit.Kit }

func (s reauth) form(w http.ResponseWriter, r *http.Request) error {
	return s.page(w, r, http.StatusOK, nil)
}

// submit signs the user in once more, in the place of the session they have: a new id,
// which the one who may have copied the old cookie does not know (ASVS 7.2.4). A form
// that was on its way goes on by a 307, which has the browser send this one there.
func (s reauth) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	session := authhttp.FromContext(r.Context()).Session
	issued, err := s.Accounts.Login(r.Context(), accounts.Credentials{
		Email: session.User.Email, Password: r.PostFormValue("password"), Client: kit.ClientOf(r), Current: session,
	})
	if _, waiting := errors.AsType[*accounts.UnverifiedError](err); waiting { // the site has begun to ask for it since
		return s.page(w, r, http.StatusUnprocessableEntity, views.Errors{"": "Confirm your email address first: your account page sends you the link."})
	}
	if errors.Is(err, accounts.ErrCredentials) {
		return s.page(w, r, http.StatusUnprocessableEntity, views.Errors{"password": "That's not your password."})
	}
	if err != nil {
		return err
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	if path, ok := s.ResumePath(r.PostFormValue(kit.ResumeField), session.User); ok {
		kit.Private(w.Header())
		w.Header().Set("Location", path)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return nil
	}
	return kit.SeeOther(w, r, s.Destination(r.PostFormValue("callbackUrl")))
}

func (s reauth) page(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	return s.Render(w, r, status, views.Reauth(s.PrivatePage(r), views.ReauthModel{
		Email:       accounts.DisplayEmail(authhttp.FromContext(r.Context()).Session.User.Email),
		CallbackURL: r.FormValue("callbackUrl"),
		Resume:      r.PostFormValue(kit.ResumeField),
		Errors:      wrong,
	}))
}
