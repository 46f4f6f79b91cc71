package web

import (
	"net/http"

	"latchkey/internal/views"
)

func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.Home(s.newPage(r), views.HomeModel{
		Strategy: s.Auth.Strategy(),
		Database: s.Database,
	}))
}
