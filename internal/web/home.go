package web

import (
	"net/http"

	"latchkey/internal/views"
)

// devUI shows the components, for development.
func (s *site) devUI(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.DevUI(s.newPage(r)))
}

func (s *site) home(w http.ResponseWriter, r *http.Request) error {
	return s.renderPublic(w, r, http.StatusOK, views.Home(s.newPage(r), views.HomeModel{
		Strategy: s.Auth.Strategy(),
		Database: s.Database,
		Demo:     s.Demo,
	}))
}
