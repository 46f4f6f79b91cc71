package signinlink

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// pages are shared by the handlers.
type pages struct {
	*kit.Kit
	link  *kit.MailLink
	asked *kit.Kept // which browser asked, and where its user wanted to go
}

func newPages(k *kit.Kit) pages {
	return pages{k, k.MailLink("signin-link", "/signin/link/open"), k.Keep("signin-link-asked", accounts.LinkLife)}
}

func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	if p.RedirectUser(w, r) {
		return nil
	}
	return p.formPage(w, r, http.StatusOK, nil)
}

func (p pages) formPage(w http.ResponseWriter, r *http.Request, status int, wrong views.Errors) error {
	return p.Render(w, r, status, Ask(p.Page(r), AskModel{Email: r.FormValue("email"), CallbackURL: r.FormValue("callbackUrl"), Errors: wrong}))
}

// send answers every address alike, and in the same time. The browser keeps a random text
// of which the link knows the hash: so it is known again when the link is opened.
func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	email, browser := r.PostFormValue("email"), rand.Text()
	err := p.Steadily(r, func(ctx context.Context) error { return p.Accounts.SendLink(ctx, email, hash(browser)) })
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return p.formPage(w, r, http.StatusUnprocessableEntity, views.Errors(invalid))
	}
	if err != nil {
		return err
	}
	callback, _ := p.LocalPath(r.PostFormValue("callbackUrl"))
	if err := p.asked.Set(w, browser+" "+callback); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/signin/link/sent")
}

func hash(browser string) string {
	sum := sha256.Sum256([]byte(browser))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p pages) sent(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, views.CheckMail(p.Page(r), views.CheckMailModel{
		Text: "If that address has an account, a link to sign in is on its way. Open it in this browser, within 15 minutes.",
		Back: views.Link{Label: "Try another address", Href: "/signin/link"},
	}))
}

// open is where the link in the mail leads. It signs nobody in: programs open links, too.
func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	if moved, err := p.link.Moved(w, r); moved {
		return err
	}
	secret := p.link.Token(r)
	t, err := p.Accounts.FindToken(r.Context(), accounts.PurposeLink, secret)
	if err != nil {
		return dead(err)
	}
	browser, _, _ := strings.Cut(p.asked.Get(r), " ")
	return p.Render(w, r, http.StatusOK, Open(p.Page(r), OpenModel{
		Email: accounts.DisplayEmail(t.Email), Token: secret, Other: accounts.DisplayEmail(p.Other(r, t.UserID)),
		Elsewhere: hash(browser) != t.Data,
	}))
}

// enter signs in, once, as a sign-in by password does: with the same limit on devices, and
// in the place of the session that this browser has.
func (p pages) enter(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	secret := p.link.Token(r)
	t, err := p.Accounts.FindToken(r.Context(), accounts.PurposeLink, secret)
	if err != nil {
		return dead(err)
	}
	issued, stripped, err := p.Accounts.OpenLink(r.Context(), accounts.LinkLogin{
		Secret: secret, Knows: accounts.Knows{UserID: p.Knows(r, t.UserID)},
		Client: kit.ClientOf(r), Current: authhttp.FromContext(r.Context()).Session,
	})
	if full, ok := errors.AsType[*auth.LimitError](err); ok {
		p.link.Done(w, r)
		return p.SignInLimit(w, r, full)
	}
	if err != nil {
		return dead(err)
	}
	if err := authhttp.SetCookie(r.Context(), issued); err != nil {
		return err
	}
	_, callback, _ := strings.Cut(p.asked.Get(r), " ")
	p.link.Done(w, r)
	p.asked.Forget(w, r)
	if stripped {
		if err := p.Flash(w, strippedText); err != nil {
			return err
		}
	}
	return kit.SeeOther(w, r, p.Destination(callback))
}

const strippedText = "Your email is confirmed. The password from before doesn't work any more, since somebody else could have chosen it: get a new one with “Forgot your password?”."

// dead is the page for a link that cannot be used. Other errors stay as they are.
func dead(err error) error {
	if !errors.Is(err, accounts.ErrToken) {
		return err
	}
	return &kit.Error{
		Status: http.StatusGone, Err: err, Title: "This link can't be used",
		Text: "It was used before, is too old, or a newer one has taken its place.",
		Next: views.Link{Label: "Get a new link", Href: "/signin/link"},
	}
}
