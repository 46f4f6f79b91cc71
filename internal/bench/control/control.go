// Package control is what sessions are measured against: the same answers by the same
// router with the same middlewares, without a session, and by less than that.
package control

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// Site is a site whose every visitor is one user, without asking who they are.
type Site struct {
	Kit     *kit.Kit
	Session auth.Session                    // what its pages show
	Around  func(http.Handler) http.Handler // goes around each page; nil = nothing
}

// Handler has a few pages of the site, with the bounds that they have there.
func (s Site) Handler() http.Handler {
	k := s.Kit
	around := s.Around
	if around == nil {
		around = func(next http.Handler) http.Handler { return next }
	}
	r := k.NewRouter()
	r.With(k.Bounded(kit.SmallForm, k.MaxTime), around).Get(k.AuthPath+"/session", k.Handle(s.session))
	r.Group(func(r chi.Router) {
		r.Use(k.Bounded(kit.MaxBody, k.MaxTime), around)
		r.Get("/dashboard", k.Handle(s.dashboard))
		r.Get("/account", k.Handle(s.account))
		r.Get("/account/appearance", k.Handle(s.appearance))
	})
	return r
}

func (s Site) session(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	kit.NoStore(h)
	h.Set("Session-Expires-In", s.Kit.SecondsUntil(s.Session.ExpiresAt))
	h.Set("Session-Ends-In", s.Kit.SecondsUntil(s.Session.AbsoluteExpiresAt))
	return kit.WriteSession(w, auth.Result{State: auth.StateOK, Session: s.Session})
}

// page is what a page needs to know of its user.
func (s Site) page(r *http.Request) views.Page {
	u := s.Session.User
	p := s.Kit.PrivatePage(r)
	p.User = &views.User{Name: u.Name, Email: u.Email, Shown: accounts.DisplayEmail(u.Email)}
	p.ExpiresIn = s.Kit.SecondsUntil(s.Session.ExpiresAt)
	p.EndsIn = s.Kit.SecondsUntil(s.Session.AbsoluteExpiresAt)
	p.WarnSeconds = int(s.Kit.Warning / time.Second)
	return p
}

func (s Site) appearance(w http.ResponseWriter, r *http.Request) error {
	return s.Kit.Render(w, r, http.StatusOK, views.Appearance(s.page(r)))
}

func (s Site) account(w http.ResponseWriter, r *http.Request) error {
	u := s.Session.User
	return s.Kit.Render(w, r, http.StatusOK, views.Profile(s.page(r),
		views.ProfileModel{Name: u.Name, Image: u.Image, Email: accounts.DisplayEmail(u.Email)}))
}

// dashboard asks the database what the site's own asks beside the session.
func (s Site) dashboard(w http.ResponseWriter, r *http.Request) error {
	page := s.page(r)
	parts, err := s.Kit.DashboardParts(r, page)
	if err != nil {
		return err
	}
	devices := 0
	err = s.Kit.Beside(r, func(r *http.Request) (err error) {
		_, devices, err = s.Kit.Auth.Sessions(r.Context(), s.Session.User.ID, auth.Page{})
		return err
	})
	if err != nil {
		return err
	}
	return s.Kit.Render(w, r, http.StatusOK, views.Dashboard(page, views.DashboardModel{
		Parts: parts, Strategy: s.Kit.Auth.Strategy(), Devices: devices, Limit: s.Kit.Auth.LimitOf(s.Session.User),
		ValidatedAt: s.Session.ValidatedAt, ExpiresAt: s.Session.ExpiresAt, AbsoluteExpiresAt: s.Session.AbsoluteExpiresAt,
	}))
}
