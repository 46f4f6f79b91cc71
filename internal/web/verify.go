package web

import (
	"context"
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// verify is how users prove that the address of their account is theirs.
type verify struct {
	*kit.Kit
	link *kit.MailLink
}

func newVerify(k *kit.Kit) verify { return verify{k, k.MailLink("verify", "/verify")} }

// form is where the link in the mail leads. It changes nothing: programs open links, too.
func (v verify) form(w http.ResponseWriter, r *http.Request) error {
	if moved, err := v.link.Moved(w, r); moved {
		return err
	}
	return v.page(w, r, http.StatusOK, nil)
}

func (v verify) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	t, err := v.find(r)
	if err != nil {
		return err
	}
	spend := v.Accounts.Verify
	if t.Purpose == accounts.PurposeEmail {
		spend = v.Accounts.ChangeEmail
	}
	by := accounts.Knows{UserID: v.Knows(r, t.UserID), Password: r.PostFormValue("password")}
	err = spend(r.Context(), v.link.Token(r), by)
	switch {
	case errors.Is(err, accounts.ErrCredentials):
		return v.page(w, r, http.StatusUnprocessableEntity, views.Errors{"password": wrongPassword(t, by.Password)})
	case errors.Is(err, accounts.ErrEmailTaken): // somebody has signed up with it since
		err = accounts.ErrToken
	}
	if err != nil {
		return deadLink(err, again(t))
	}
	v.link.Done(w, r)
	return v.confirmed(w, r, t)
}

// find returns the token of the link, which proves the address of a sign-up or the one that
// a user wants to sign in with from now on.
func (v verify) find(r *http.Request) (accounts.Token, error) {
	t, err := v.Accounts.FindToken(r.Context(), accounts.PurposeEmail, v.link.Token(r))
	if errors.Is(err, accounts.ErrToken) {
		t, err = v.Accounts.FindToken(r.Context(), accounts.PurposeVerify, v.link.Token(r))
	}
	return t, deadLink(err, again(t))
}

// again is where another link comes from.
func again(t accounts.Token) string {
	if t.Purpose == accounts.PurposeEmail {
		return "/account/email"
	}
	return "/verify/sent"
}

// confirmed leads on: to the account of the user who is signed in, or to the sign-in page.
func (v verify) confirmed(w http.ResponseWriter, r *http.Request, t accounts.Token) error {
	email := accounts.DisplayEmail(t.Email)
	switch result := authhttp.FromContext(r.Context()); {
	case result.State != auth.StateOK:
		if err := v.Flash(w, email+" is confirmed. Sign in to go on."); err != nil {
			return err
		}
		return kit.SeeOther(w, r, "/signin")
	case result.Session.User.ID == t.UserID:
		authhttp.Refresh(r.Context())
	}
	if err := v.Flash(w, email+" is confirmed."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account")
}

func (v verify) page(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	t, err := v.find(r)
	if err != nil {
		return err
	}
	return v.Render(w, r, status, views.Verify(v.Page(r), views.VerifyModel{
		Email: accounts.DisplayEmail(t.Email), Token: v.link.Token(r), Other: accounts.DisplayEmail(v.Other(r, t.UserID)), Errors: wrong,
		AskPassword: v.Knows(r, t.UserID) != t.UserID, Change: t.Purpose == accounts.PurposeEmail,
	}))
}

// wrongPassword is what the field says about a password.
func wrongPassword(t accounts.Token, password string) string {
	switch {
	case password != "":
		return "That's not the password of this account."
	case t.Purpose == accounts.PurposeEmail:
		return "Enter the password of your account."
	}
	return "Enter the password that you chose when you signed up."
}

// sent says that a mail is on its way, to a new address and to a taken one alike, and
// sends it once more.
func (v verify) sent(w http.ResponseWriter, r *http.Request) error {
	_, email := v.SignUp(r)
	return v.sentPage(w, r, http.StatusOK, email, nil)
}

func (v verify) sentPage(w http.ResponseWriter, r *http.Request, status int, email string, wrong views.Errors) error {
	m := views.CheckMailModel{Email: email, Again: views.Resend(email, wrong), Text: "Open the link that we've sent to"}
	if email == "" || wrong != nil {
		m.Title, m.Email, m.Nothing = "Confirm your email address", "", true
		m.Text = "If you have signed up and not confirmed your address yet, we'll send you the link again."
	}
	return v.Render(w, r, status, views.CheckMail(v.Page(r), m))
}

// send sends the link again, to any address. What it answers does not tell whether there
// was one to send to.
func (v verify) send(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	email := r.PostFormValue("email")
	err := v.Steadily(r, func(ctx context.Context) error { return v.Accounts.SendVerification(ctx, email) })
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return v.sentPage(w, r, http.StatusUnprocessableEntity, email, views.Errors(invalid))
	}
	if err != nil {
		return err
	}
	if err := v.Flash(w, "If the address is still to be confirmed, the link is on its way."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/verify/sent")
}

// sendOwn sends the link to the user who is signed in.
func (v verify) sendOwn(w http.ResponseWriter, r *http.Request) error {
	u := authhttp.FromContext(r.Context()).Session.User
	if err := v.Accounts.SendVerification(r.Context(), u.Email); err != nil {
		return err
	}
	if err := v.Flash(w, "Check your mail: the link is on its way."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account")
}

// deadLink is the page for a link that cannot be used; again is where another one comes
// from. Other errors stay as they are.
func deadLink(err error, again string) error {
	if !errors.Is(err, accounts.ErrToken) {
		return err
	}
	return &kit.Error{
		Status: http.StatusGone, Err: err, Title: "This link can't be used",
		Text: "It was used before, is too old, or a newer one has taken its place. Nothing was changed.",
		Next: views.Link{Label: "Get a new link", Href: again},
	}
}
