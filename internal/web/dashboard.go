package web

import (
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// dashboard is the first page of a signed-in user.
type dashboard struct{ *kit.Kit }

func (d dashboard) show(w http.ResponseWriter, r *http.Request) error {
	session := authhttp.FromContext(r.Context()).Session
	page := d.PrivatePage(r)
	parts, err := d.DashboardParts(r, page)
	if err != nil {
		return err
	}
	devices := 0 // not counted
	err = d.Beside(r, func(r *http.Request) (err error) {
		_, devices, err = d.Auth.Sessions(r.Context(), session.User.ID, auth.Page{})
		return err
	})
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, views.Dashboard(page, views.DashboardModel{
		Parts:             parts,
		Strategy:          d.Auth.Strategy(),
		Devices:           devices,
		Limit:             d.Auth.LimitOf(session.User),
		ValidatedAt:       session.ValidatedAt,
		ExpiresAt:         session.ExpiresAt,
		AbsoluteExpiresAt: session.AbsoluteExpiresAt,
	}))
}
