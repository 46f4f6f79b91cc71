package web

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/static"
)

// newPage is what every page needs to know of this request.
func (s *site) newPage(r *http.Request) views.Page {
	p := views.Page{
		Path:        r.URL.Path,
		Asset:       static.URL,
		Nonce:       templ.GetNonce(r.Context()),
		AuthPath:    s.AuthPath,
		PollSeconds: int(s.PollInterval / time.Second),
		Push:        s.Push,
		SiteName:    s.SiteName,
		Development: s.Development,
		Origin:      s.origin.Scheme + "://" + s.origin.Host,
		Menu:        s.menu(),
		Theme:       theme(r),
	}
	result := authhttp.FromContext(r.Context())
	if result.State == auth.StateOK {
		u := result.Session.User
		p.User = &views.User{Name: u.Name, Email: u.Email}
		p.ExpiresIn = s.secondsUntil(result.Session.ExpiresAt)
		p.EndsIn = s.secondsUntil(result.Session.AbsoluteExpiresAt)
		p.WarnSeconds = int(s.Warning / time.Second)
	}
	p.Unknown = result.State == auth.StateUnavailable
	return p
}

// menu is where a signed-in user can go.
func (s *site) menu() []views.MenuItem {
	items := []views.MenuItem{{Label: "Dashboard", Path: "/dashboard", Icon: "dashboard"}}
	if s.Lab {
		items = append(items, views.MenuItem{Label: "Session lab", Path: "/lab", Icon: "flask", Public: true})
	}
	return items
}

// privatePage is a page that session.js leaves when the session ends.
func (s *site) privatePage(r *http.Request) views.Page {
	p := s.newPage(r)
	p.Private = true
	return p
}

// render writes a page. It is rendered before anything is sent, so that a
// failure is a clean 500 and not half a page.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return err
	}
	private(w.Header()) // every page says who is signed in
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(buf.Bytes()) // an error means the reader is gone
	return nil
}

// private keeps an answer out of every cache (ASVS 14.3.2).
func private(h http.Header) {
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Cookie")
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body) // an error means the reader is gone
	return nil
}

// readForm parses the body of a form. Other content is a 415: a form parser
// that guesses is a form parser that can be fooled.
func readForm(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &httpError{status: http.StatusUnsupportedMediaType, err: err}
	}
	if err := r.ParseForm(); err != nil {
		if e := statusOf(err); e.status == http.StatusRequestEntityTooLarge {
			return e
		}
		return &httpError{status: http.StatusBadRequest, err: err}
	}
	return nil
}

// clientOf is what a login keeps of the browser it comes from.
func clientOf(r *http.Request) auth.Client {
	return auth.Client{IP: middleware.GetClientIP(r.Context()), UserAgent: r.UserAgent()}
}
