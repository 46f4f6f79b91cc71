// Package web is the HTTP side: it turns requests into calls of the auth
// service and results into pages. It decides who may see what and how things
// are said; what a session is, it leaves to package auth.
//
// Start at routes.go, which has the whole URL surface on one screen. What every
// page is made with is in kit; what a project can do without is in parts.go.
package web

import (
	"net/http"

	"latchkey/internal/web/kit"
	"latchkey/static"
)

// New returns the whole site. An error means a BaseURL that is no origin, an AuthPath
// in the way of a page (*AuthPathError) or, in development, a static file that
// cannot be served.
func New(cfg Config) (http.Handler, error) {
	if cfg.Development {
		if err := static.Check(); err != nil {
			return nil, err
		}
	}
	k, err := kit.New(cfg.Config)
	if err != nil {
		return nil, err
	}
	k.Add(partsOf(cfg)...)
	if err := checkAuthPath(k, cfg); err != nil {
		return nil, err
	}
	return routes(k, cfg), nil
}

// partsOf are the parts that a site has: ours that are on, then its own.
func partsOf(cfg Config) []kit.Part {
	var on []kit.Part
	for _, p := range parts {
		wanted, said := cfg.Switches[p.Switch]
		if p.Switch == "" || wanted || !said && p.On {
			on = append(on, p)
		}
	}
	return append(on, cfg.Parts...)
}
