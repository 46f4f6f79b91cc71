package kit

import (
	"bytes"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/static"
)

// Page is what every page needs to know of this request.
func (k *Kit) Page(r *http.Request) views.Page {
	p := views.Page{
		Path:        r.URL.Path,
		Asset:       static.URL,
		Nonce:       nonceOf(r.Context()),
		AuthPath:    k.AuthPath,
		PollSeconds: int(k.PollInterval / time.Second),
		Push:        k.Push,
		SiteName:    k.SiteName,
		Development: k.Development,
		Mailbox:     k.mailbox,
		Menu:        k.menu,
		Origin:      k.Origin(),
		Theme:       theme(r),
		Toast:       k.flash(r),
	}
	result := authhttp.FromContext(r.Context())
	if result.State == auth.StateOK {
		u := result.Session.User
		p.User = &views.User{Name: u.Name, Email: u.Email, Shown: accounts.DisplayEmail(u.Email)}
		p.ExpiresIn = k.SecondsUntil(result.Session.ExpiresAt)
		p.EndsIn = k.SecondsUntil(result.Session.AbsoluteExpiresAt)
		p.WarnSeconds = int(k.Warning / time.Second)
	}
	p.Unknown = result.State == auth.StateUnavailable
	return p
}

// PrivatePage is a page that session.js leaves when the session ends.
func (k *Kit) PrivatePage(r *http.Request) views.Page {
	p := k.Page(r)
	p.Private = true
	return p
}

// Render writes a page. It is rendered before anything is sent, so that a
// failure is a clean 500 and not half a page.
func (k *Kit) Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(templ.WithNonce(r.Context(), nonceOf(r.Context())), &buf); err != nil {
		return err
	}
	k.said(w, r)
	Private(w.Header()) // every page says who is signed in
	asPage(w.Header(), nonceOf(r.Context()))
	w.WriteHeader(status)
	w.Write(buf.Bytes()) // an error means the reader is gone
	return nil
}

// GuestPage is a page for somebody who has just stopped being signed in.
func (k *Kit) GuestPage(r *http.Request) views.Page {
	p := k.Page(r)
	p.User = nil
	return p
}
