package web

import (
	"net/http"

	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// home is the front page.
type home struct {
	*kit.Kit
	database string      // in words
	demo     *views.Demo // the account to try; nil = none
}

func (h home) show(w http.ResponseWriter, r *http.Request) error {
	return h.RenderPublic(w, r, http.StatusOK, views.Home(h.Page(r), views.HomeModel{
		Strategy: h.Auth.Strategy(),
		Database: h.database,
		Demo:     h.demo,
	}))
}
