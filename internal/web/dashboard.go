package web

import (
	"net/http"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
)

func (s *site) dashboard(w http.ResponseWriter, r *http.Request) error {
	session := authhttp.FromContext(r.Context()).Session
	return s.render(w, r, http.StatusOK, views.Dashboard(s.privatePage(r), views.DashboardModel{
		Strategy:          s.Auth.Strategy(),
		Limit:             s.limitOf(session.User),
		ValidatedAt:       session.ValidatedAt,
		ExpiresAt:         session.ExpiresAt,
		AbsoluteExpiresAt: session.AbsoluteExpiresAt,
	}))
}
