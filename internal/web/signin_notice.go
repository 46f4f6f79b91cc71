package web

import (
	"net/http"
	"net/url"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/device"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// signInNotice is where the mail about a sign-in in a new browser leads.
type signInNotice struct {
	*kit.Kit
	link *kit.MailLink
}

func newSignInNotice(k *kit.Kit) signInNotice {
	return signInNotice{k, k.MailLink("notice", "/signin/notice")}
}

// form changes nothing: programs open links, too.
func (n signInNotice) form(w http.ResponseWriter, r *http.Request) error {
	if moved, err := n.link.Moved(w, r); moved {
		return err
	}
	t, err := n.Accounts.FindToken(r.Context(), accounts.PurposeNotice, n.link.Token(r))
	if err != nil {
		return deadLink(err, "/forgot")
	}
	return n.Render(w, r, http.StatusOK, views.SignInNotice(n.Page(r), accounts.DisplayEmail(t.Email), n.link.Token(r)))
}

// submit signs everybody out and leads to where a new password is chosen.
func (n signInNotice) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	secret, err := n.Accounts.DenySignIn(r.Context(), n.link.Token(r))
	if err != nil {
		return deadLink(err, "/forgot")
	}
	n.link.Done(w, r)
	if err := n.Flash(w, "All devices are signed out. Choose a new password."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/reset?token="+url.QueryEscape(secret))
}

// signInsOf puts a history into words.
func signInsOf(list []accounts.SignIn) (shown []views.PastSignIn) {
	for i, in := range list {
		browser, _ := device.Name(in.UserAgent)
		shown = append(shown, views.PastSignIn{
			Browser: browser, IP: in.IP, How: methodWords[in.Method], At: in.At, Times: in.Times,
			New: !in.Failed && !in.Known && i < len(list)-1, // the first of all is no news
		})
	}
	return shown
}

// methodWords are for people. A project adds its own.
var methodWords = map[auth.Method]string{
	auth.MethodPassword: "Password", auth.MethodSignUp: "Sign-up", accounts.MethodLink: "Link in a mail",
}
