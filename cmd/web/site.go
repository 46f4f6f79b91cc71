package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/mail"
	"latchkey/internal/metrics"
	"latchkey/internal/ratelimit"
	"latchkey/internal/views/mails"
	"latchkey/internal/web"
	"latchkey/internal/web/kit"
)

const siteName = "Latchkey"

// newServices makes the session engine and the accounts that use it, on a database.
func newServices(
	cfg config, db database, outbox *mail.Service, limits *ratelimit.Service, events auth.Events, log *slog.Logger,
) (*auth.Service, *accounts.Service, error) {
	service, err := auth.New(auth.Config{
		Store:          db,
		Strategy:       cfg.strategy,
		Secrets:        cfg.secrets,
		CookieName:     sessionCookie(cfg).Name,
		MaxAge:         cfg.maxAge,
		AbsoluteMaxAge: cfg.absoluteMaxAge,
		RenewAfter:     cfg.renewAfter,
		CacheBytes:     cmp.Or(cfg.cacheBytes, -1), // 0 is off there
		MaxCookieBytes: cfg.maxCookie,
		Limit:          cfg.limit,
		Policy:         cfg.policy,
		Events:         events,
		Log:            log,
	})
	if err != nil {
		return nil, nil, err
	}
	post := web.Post{Site: mails.Site{Name: siteName, URL: cfg.baseURL}, Mail: outbox}
	users := accounts.New(accounts.Config{
		Sessions: service, Store: db, Tokens: db, History: db, Limits: limits, Mail: post, BaseURL: cfg.baseURL, SiteName: siteName,
		RequireVerified: cfg.requireVerified, PasswordMinLength: cfg.passwordMinLength, Refused: refused(cfg), Events: events, Log: log,
	})
	return service, users, nil
}

// sessionCookie is the session cookie, whose name goes into the key of the JWTs.
func sessionCookie(cfg config) authjs.Cookie {
	https := strings.HasPrefix(cfg.baseURL, "https://")
	cookie := authjs.SessionCookie(https)
	if !cfg.production {
		cookie.Name = developmentCookie(cfg.dir, https)
	}
	cookie.Name = cmp.Or(cfg.cookieName, cookie.Name)
	return cookie
}

// newSite wires the session engine to the pages. What stays open ends with ctx.
func newSite(
	ctx context.Context, cfg config, db database, outbox *mail.Service, limits *ratelimit.Service, debug *metrics.Service,
	behind func(job func()), log *slog.Logger,
) (*auth.Service, *accounts.Service, http.Handler, error) {
	service, users, err := newServices(cfg, db, outbox, limits, debug.Events(auth.LogEvents(log)), log)
	if err != nil {
		return nil, nil, nil, err
	}
	site := web.Config{
		Config: kit.Config{
			Auth:           service,
			Edge:           &authhttp.Edge{Sessions: service, Cookie: sessionCookie(cfg), PollKeepsAlive: cfg.pollKeepsAlive, Log: log},
			Accounts:       users,
			Store:          db,
			Mail:           outbox,
			Secrets:        cfg.secrets,
			BaseURL:        cfg.baseURL,
			AllowedHosts:   cfg.allowedHosts,
			TrustedProxies: cfg.trustedProxies,
			AuthPath:       cfg.authPath,
			SiteName:       siteName,
			Development:    !cfg.production,
			PollInterval:   cfg.pollInterval,
			Push:           cfg.push,
			Warning:        warning(cfg),
			Behind:         behind,
			Observe:        debug.Observer(),
			Log:            log,
		},
		Database:          db.Name(),
		PasswordMinLength: cfg.passwordMinLength,
		Stopping:          ctx.Done(),
		Ready:             db.Ready,
		Notes:             db.Notes,
		Switches:          cfg.switches,
	}
	if cfg.demo {
		site.Demo = &demo
	}
	handler, err := web.New(site)
	if taken, ok := errors.AsType[*web.AuthPathError](err); ok {
		err = configError{fmt.Sprintf("AUTH_PATH is %q; this site has a page at %s: choose a path such as /auth or /api/auth", taken.Path, taken.Route)}
	}
	return service, users, handler, err
}

// warning is how long before its end an idle page speaks up: long enough to
// react, and late enough that "Stay signed in" finds a renewal due.
func warning(cfg config) time.Duration {
	return min(2*time.Minute, (cfg.maxAge-cfg.renewAfter)/2)
}

// prepare loads what ended recently, so that nothing ended is let in, and sees
// to the demo user.
func prepare(ctx context.Context, cfg config, service *auth.Service, users *accounts.Service) error {
	if err := service.Sync(ctx); err != nil {
		return err
	}
	return prepareDemo(ctx, cfg, users)
}

// newLimits counts tries, unless the configuration says not to.
func newLimits(cfg config, db database, log *slog.Logger) *ratelimit.Service {
	if !cfg.rateLimit {
		return nil
	}
	return ratelimit.New(db, nil, log)
}
