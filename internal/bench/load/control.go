package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/bench/control"
	"latchkey/internal/web"
	"latchkey/internal/web/kit"
)

// The controls, each a process of its own.
const (
	controlSite  = "site"    // the site without sessions; REMEMBER = see remember
	controlQuery = "query"   // the same, which finds a session's row by the cookie, and nothing more
	controlChi   = "chi"     // the same bytes behind chi and four middlewares
	controlHTTP  = "nethttp" // the same bytes behind the standard library's router
)

const readyPath = "/readyz"

// serveControl is such a process. ADDR and DATABASE_URL are as the server has them.
func serveControl(ctx context.Context, kind string) error {
	db, err := openDatabase(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close()
	handler, err := controlHandler(ctx, kind, db)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", os.Getenv("ADDR"))
	if err != nil {
		return err
	}
	// The limits are those of cmd/web: each sets a timer.
	server := &http.Server{
		Handler:           beside(readyPath, handler),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func controlHandler(ctx context.Context, kind string, db database) (http.Handler, error) {
	log := slog.New(kit.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))
	service, err := newService(db, "jwt")
	if err != nil {
		return nil, err
	}
	site, err := newControl(db, service, log)
	if err != nil {
		return nil, err
	}
	switch kind {
	case controlQuery:
		site.Around = findSession(db)
	case controlChi, controlHTTP:
		return constants(kind, site.Handler(), log), nil
	}
	return site.Handler(), remember(ctx, service, os.Getenv("REMEMBER"))
}

// newControl takes the kit of a site, with its parts and its menu, and one user of it.
func newControl(db database, service *auth.Service, log *slog.Logger) (site control.Site, err error) {
	_, err = web.New(web.Config{Config: kit.Config{
		Auth: service, Edge: &authhttp.Edge{Sessions: service, Cookie: authjs.SessionCookie(true), PollKeepsAlive: true, Log: log},
		Store: db, Secrets: []string{secret()}, BaseURL: origin, AllowedHosts: []string{host}, AuthPath: "/auth", SiteName: "Latchkey",
		PollInterval: time.Minute, Push: true, Warning: 2 * time.Minute, Log: log,
	}, Parts: []kit.Part{{Build: func(k *kit.Kit) kit.Built { site.Kit = k; return kit.Built{} }}}})
	now := service.Now()
	site.Session = auth.Session{
		ID: "control", User: user(0), ValidatedAt: now, ExpiresAt: now.Add(maxAge), AbsoluteExpiresAt: now.Add(absoluteMaxAge),
	}
	return site, err
}

// remember fills the cache of sessions as a server's is, from a file of cookies; "" = not.
// Go's garbage collector comes more seldom to a process that holds more memory: without
// this the control would pay for what it does not have.
func remember(ctx context.Context, service *auth.Service, file string) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := service.Sync(ctx); err != nil {
		return err
	}
	for value := range strings.Lines(string(text)) {
		if r := service.Authenticate(ctx, strings.TrimSpace(value), auth.Mode{}); r.State != auth.StateOK {
			return fmt.Errorf("a cookie of %s is of no session", file)
		}
	}
	return nil
}

// findSession asks the one query that an opaque token takes.
func findSession(db database) func(http.Handler) http.Handler {
	name := authjs.SessionCookie(true).Name
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cookie, err := r.Cookie(name)
			if err == nil {
				hash := sha256.Sum256([]byte(cookie.Value))
				_, err = db.Find(r.Context(), auth.Key{TokenHash: hash[:]})
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// constants are the answers of the site's control, made once.
func constants(kind string, site http.Handler, log *slog.Logger) http.Handler {
	routes := map[string]http.Handler{}
	for _, path := range paths {
		r := httptest.NewRequest("GET", origin+path, nil)
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		page := control.Constant(answer.Code, answer.Header().Clone(), answer.Body.Bytes())
		if kind == controlChi {
			routes[path] = control.Chi(path, page, log)
		} else {
			routes[path] = control.NetHTTP(path, page)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { routes[r.URL.Path].ServeHTTP(w, r) })
}

// beside answers at one path that the process is ready.
func beside(path string, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			handler.ServeHTTP(w, r)
		}
	})
}
