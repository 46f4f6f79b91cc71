package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// A project's own pages are found by walking the router, whatever they are.
func TestAnAuthPathInTheWayOfAPageIsAnError(t *testing.T) {
	w := webtest.OnMemory(t)
	w.EveryPart()
	own := kit.Part{Build: func(*kit.Kit) kit.Built {
		return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockUsers: func(r chi.Router) {
			r.Get("/notes/{id}", http.NotFound)
			r.Post("/team/x/y/send", http.NotFound)
			r.Delete("/{tenant}/things/{id}", http.NotFound)
			r.Handle("/files/*", http.NotFoundHandler())
		}}}
	}}
	paths := map[string]bool{
		"/auth": true, "/api/auth": true, "/notes/1/auth": true, "/team/auth": true, "/account/auth": true,
		"/notes": false, "/notes/1": false, "/team": false, "/team/x": false, "/team/x/y": false, "/files": false, "/files/auth": false, "/acme": true,
		"/acme/things": false, "/static": false, "/static/auth": false, "/account": false, "/signin": false, "/healthz": false, "/dashboard": false,
	}
	for _, r := range allRoutes(t, w.Handler()) { // those of the optional parts, too
		if !strings.ContainsAny(r.route, "{*") && !strings.HasPrefix(r.route, "/auth") {
			paths[r.route] = false
		}
	}
	for path, free := range paths {
		cfg := w.Web
		cfg.Parts = []kit.Part{own}
		edge := w.Edge
		edge.Sessions = w.Service
		cfg.Auth, cfg.Edge, cfg.Accounts, cfg.Secrets, cfg.BaseURL, cfg.AuthPath = w.Service, &edge, w.Users, w.Auth.Secrets, w.URL, path
		_, err := web.New(cfg)
		taken, ok := errors.AsType[*web.AuthPathError](err)
		if free != (err == nil) || ok && (taken.Path != path || taken.Route == "") {
			t.Errorf("New with AuthPath %s = %v, want an error: %v", path, err, !free)
		}
	}
}
