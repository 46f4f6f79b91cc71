package web

import (
	"net/http"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// dashboard is the first page behind the door.
type dashboard struct{ *kit.Kit }

func (d dashboard) show(w http.ResponseWriter, r *http.Request) error {
	session := authhttp.FromContext(r.Context()).Session
	return d.Render(w, r, http.StatusOK, views.Dashboard(d.PrivatePage(r), views.DashboardModel{
		Strategy:          d.Auth.Strategy(),
		SessionID:         session.ID,
		SignedInAt:        session.AuthenticatedAt,
		ValidatedAt:       session.ValidatedAt,
		ExpiresAt:         session.ExpiresAt,
		AbsoluteExpiresAt: session.AbsoluteExpiresAt,
	}))
}
