// Package web is the HTTP side: it turns requests into calls of the auth
// service and results into pages. It decides who may see what and how things
// are said; what a session is, it leaves to package auth.
//
// Start at routes.go, which has the whole URL surface on one screen. What every
// page is made with is in kit; what a project can do without is in parts.go.
package web

import (
	"context"
	"net/http"

	"latchkey/internal/views"
	"latchkey/internal/web/kit"
	"latchkey/static"
)

// Config is what the site is made of.
type Config struct {
	kit.Config
	Database          string                      // the database's name in words, for the front page
	Demo              *views.Demo                 // the seeded account that the sign-in page shows; nil in production
	PasswordMinLength int                         // shown with the sign-up form
	Stopping          <-chan struct{}             // closed when the program is told to stop, which ends the event streams; nil = never
	Ready             func(context.Context) error // whether the database answers and is migrated
	Notes             func() []string             // what the database does without, a sentence each, which /readyz repeats; nil = nothing
	Switches          map[string]bool             // which parts are on, by the names that Switches lists; nil = none of those
	Parts             []kit.Part                  // the project's own, beside those of parts.go; nil = none
}

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
