package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/views"
	"latchkey/internal/web"
	"latchkey/internal/web/kit"
)

const siteName = "Latchkey"

// demo is the account that development starts with and shows on its sign-in
// page. Production has none (see prepare).
var demo = views.Demo{Email: "demo@example.com", Password: "try the demo key"}

// newSite wires the session engine to the pages. What stays open ends with ctx.
func newSite(ctx context.Context, cfg config, db database, log *slog.Logger) (*auth.Service, *accounts.Service, http.Handler, error) {
	cookie := authjs.SessionCookie(strings.HasPrefix(cfg.baseURL, "https://"))
	cookie.Name = cmp.Or(cfg.cookieName, cookie.Name)
	service, err := auth.New(auth.Config{
		Store:          db,
		Strategy:       cfg.strategy,
		Secrets:        cfg.secrets,
		CookieName:     cookie.Name,
		MaxAge:         cfg.maxAge,
		AbsoluteMaxAge: cfg.absoluteMaxAge,
		RenewAfter:     cfg.renewAfter,
		Limit:          cfg.limit,
		Policy:         cfg.policy,
		Log:            log,
	})
	if err != nil {
		return nil, nil, nil, err
	}
	users := accounts.New(accounts.Config{
		Sessions: service, Store: db, SiteName: siteName, PasswordMinLength: cfg.passwordMinLength, Log: log,
	})
	site := web.Config{
		Config: kit.Config{
			Auth:         service,
			Edge:         &authhttp.Edge{Sessions: service, Cookie: cookie, PollKeepsAlive: cfg.pollKeepsAlive, Log: log},
			Accounts:     users,
			Secrets:      cfg.secrets,
			BaseURL:      cfg.baseURL,
			AuthPath:     cfg.authPath,
			SiteName:     siteName,
			Development:  !cfg.production,
			PollInterval: cfg.pollInterval,
			Push:         cfg.push,
			Warning:      warning(cfg),
			Log:          log,
		},
		Database:          db.Name(),
		PasswordMinLength: cfg.passwordMinLength,
		Stopping:          ctx.Done(),
		Ready:             db.Ready,
		Switches:          cfg.switches,
	}
	if !cfg.production {
		site.Demo = &demo
	}
	handler, err := web.New(site)
	return service, users, handler, err
}

// warning is how long before its end an idle page speaks up: long enough to
// react, and late enough that "Stay signed in" finds a renewal due.
func warning(cfg config) time.Duration {
	return min(2*time.Minute, (cfg.maxAge-cfg.renewAfter)/2)
}

// prepare loads what ended recently, so that nothing ended is let in, and sees
// to the demo user: it is there in development and closed in production,
// should a database have moved from the one to the other.
func prepare(ctx context.Context, cfg config, service *auth.Service, users *accounts.Service) error {
	if err := service.Sync(ctx); err != nil {
		return err
	}
	if cfg.production {
		return users.Disable(ctx, demo.Email)
	}
	return users.Seed(ctx, accounts.Registration{Name: "Demo", Email: demo.Email, Password: demo.Password})
}

// banner says what is in force, on a terminal's first screen.
func banner(w io.Writer, cfg config, db database, addr net.Addr) {
	fmt.Fprintf(w, "\n  %s is at %s\n\n", siteName, cfg.baseURL)
	fmt.Fprintf(w, "  listening on %s\n", addr)
	fmt.Fprintf(w, "  sessions  %s (SESSION_STRATEGY=jwt|database)\n", cfg.strategy)
	fmt.Fprintf(w, "  database  %s\n", db.Describe())
	if !cfg.production {
		fmt.Fprintf(w, "  sign in   %s / %s\n", demo.Email, demo.Password)
	}
	fmt.Fprintln(w)
}
