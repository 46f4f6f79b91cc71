package web

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/auth/authhttp"
	"latchkey/static"
)

const (
	maxBody     = 64 << 10         // the largest request body, in bytes: forms only
	maxDuration = 10 * time.Second // the longest a handler waits for anything
)

// routes is the whole URL surface, in blocks by who may enter.
func (s *site) routes() http.Handler {
	r := chi.NewRouter()
	lab := newLab(s) // does nothing unless Lab is on
	session := func(kind authhttp.Kind) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler { return s.Edge.Middleware(kind)(lab.watch(next)) }
	}
	// Who asks and what for (logged even if a later step refuses), then what
	// every answer carries, then what no request may do.
	r.Use(requestID, countQueries, middleware.ClientIPFromRemoteAddr, s.logRequests, s.recoverPanics,
		s.securityHeaders, middleware.GetHead, limitBody(maxBody), s.sameOrigin())
	r.NotFound(s.Edge.Middleware(authhttp.Page)(s.page(notFound)).ServeHTTP)
	r.MethodNotAllowed(s.Edge.Middleware(authhttp.Page)(s.methodNotAllowed(r)).ServeHTTP)

	// Machines: no session is looked at.
	r.Get("/static/*", static.Handler(r.NotFoundHandler()).ServeHTTP)
	s.siteFiles(r)
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)

	// A browser, for as long as it likes.
	if s.Push {
		r.With(session(authhttp.Silent), s.requireKnown).Get(s.AuthPath+"/events", s.page(s.events))
	}

	// Clients of Auth.js; see auth_action.go.
	r.With(deadline(maxDuration)).Route(s.AuthPath, func(r chi.Router) { s.authRoutes(r, session) })

	r.Group(func(r chi.Router) {
		r.Use(deadline(maxDuration), session(authhttp.Page))

		// Anyone, at any time: signing out works without a database.
		r.Post("/signout", s.page(s.signOut))

		r.Group(func(r chi.Router) {
			r.Use(s.requireKnown)

			// Anyone.
			r.Get("/", s.page(s.home))
			r.Get("/signup", s.page(s.signUpForm))
			r.Post("/signup", s.page(s.signUp))
			r.Get("/signin", s.page(s.signInForm))
			r.Post("/signin", s.page(s.signIn))
			r.Post("/signin/continue", s.page(s.signInContinue))
			r.Get("/signout", s.page(s.signOutForm))
			r.Post("/account/appearance", s.page(s.setTheme))
			if s.Development {
				r.Get("/dev/ui", s.page(s.devUI))
			}

			// Signed in.
			r.Group(func(r chi.Router) {
				r.Use(s.requireUser)
				r.Get("/dashboard", s.page(s.dashboard))
				r.Get("/account/appearance", s.page(s.appearance))
				lab.routes(r)
			})

			// Signed in, as the database says at this moment.
			r.Group(func(r chi.Router) {
				r.Use(s.Edge.AskDatabase, s.requireKnown, s.requireUser)
				r.Get("/account/profile", s.page(s.profile))
				r.Post("/account/profile", s.page(s.saveProfile))
				r.Get("/account/sessions", s.page(s.devices))
				r.Post("/account/sessions/{id}/end", s.page(s.endDevice))
				r.Post("/account/sessions/end-others", s.page(s.endOthers))
				r.Post("/account/sessions/end-all", s.page(s.endAll))
			})
		})
	})
	return r
}
