// Package web is the HTTP side: it turns requests into calls of the auth
// service and results into pages. It decides who may see what and how things
// are said; what a session is, it leaves to package auth.
//
// Start at routes.go, which has the whole URL surface on one screen.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/views"
)

// Config is what the site is made of.
type Config struct {
	Auth              *auth.Service               // the sessions
	Edge              *authhttp.Edge              // their cookie
	Accounts          *accounts.Service           // the users
	BaseURL           string                      // the public origin, such as https://app.example: decides cookies, redirects, HSTS
	AllowedHosts      []string                    // hosts that a request may name, without port; nil = any
	AuthPath          string                      // where the session endpoints live, such as /auth
	CSRF              authjs.CSRF                 // the token of the endpoints for clients of Auth.js
	SiteName          string                      // shown on every page
	Database          string                      // the database's name in words, for the front page
	Development       bool                        // marks pages and logs
	Lab               bool                        // serves the session lab at /lab
	Demo              *views.Demo                 // the seeded account that the sign-in page shows; nil in production
	PasswordMinLength int                         // shown with the sign-up form
	PollInterval      time.Duration               // how often an open tab asks for its session; 0 = never
	Push              bool                        // whether an open tab is told of news over AuthPath/events; false = it waits for its next poll
	Warning           time.Duration               // how long before its session ends an idle page says so; 0 = never
	Stopping          <-chan struct{}             // closed when the program is told to stop, which ends the event streams; nil = never
	Ready             func(context.Context) error // whether the database answers and is migrated
	Log               *slog.Logger                // never nil
}

// site is the handlers' home.
type site struct {
	Config
	origin *url.URL
}

// New returns the whole site. An error means a BaseURL that is no origin.
func New(cfg Config) (http.Handler, error) {
	origin, err := url.Parse(cfg.BaseURL)
	if err != nil || origin.Host == "" {
		return nil, fmt.Errorf("base URL %q is not an origin such as https://app.example", cfg.BaseURL)
	}
	s := &site{Config: cfg, origin: origin}
	return s.routes(), nil
}

func (s *site) https() bool { return s.origin.Scheme == "https" }
