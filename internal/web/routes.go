package web

import (
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
	"latchkey/static"
)

// routes is the whole URL surface, in blocks by who may enter. What optional
// parts add to a block is in their folders; see parts.go.
func routes(k *kit.Kit, cfg Config) *chi.Mux {
	var (
		health     = health{k.Auth, cfg.Ready, cfg.Notes, cfg.Stopping, k.Log}
		session    = session{k}
		events     = events{k, cfg.Stopping}
		home       = home{k, cfg.Database, cfg.Demo}
		signUp     = signUp{k, cfg.PasswordMinLength}
		signIn     = signIn{k, cfg.Demo}
		signOut    = signOut{k}
		verify     = newVerify(k)
		notice     = newSignInNotice(k)
		reset      = newReset(k, cfg.PasswordMinLength)
		dashboard  = dashboard{k}
		devices    = devices{k}
		account    = account{k}
		password   = accountPassword{k, cfg.PasswordMinLength}
		email      = newAccountEmail(k)
		deletion   = accountDelete{k}
		export     = accountExport{k}
		reauth     = reauth{k}
		appearance = appearance{k}
		siteFiles  = siteFiles{k}
	)
	r := k.NewRouter() // says who asks, sets the security headers, refuses other origins
	forms, small := k.Bounded(kit.MaxBody, k.MaxTime), k.Bounded(kit.SmallForm, k.MaxTime)

	// Machines: no session is looked at.
	r.Get("/static/*", static.Handler(r.NotFoundHandler()).ServeHTTP)
	siteFiles.routes(r)
	r.Get("/.well-known/change-password", k.Handle(changePassword))
	r.Get("/healthz", health.alive)
	r.With(small).Get("/readyz", health.usable)

	// An open tab, which asks who is signed in and is told of news.
	r.With(small, k.Session(authhttp.Poll), k.RequireKnown, k.LimitPolls).Get(k.AuthPath+"/session", k.Handle(session.poll))
	if k.Push { // for as long as it likes
		r.With(k.Session(authhttp.Silent), k.RequireKnown).Get(k.AuthPath+"/events", k.Handle(events.stream))
	}

	r.Group(func(r chi.Router) {
		r.Use(small)
		k.RouteParts(r, kit.BlockOpen)

		r.Group(func(r chi.Router) {
			r.Use(k.Session(authhttp.Page))

			// Anyone, at any time: signing out works without a database.
			r.Post("/signout", k.Handle(signOut.submit))

			// Anyone, with a password: as little is read as that takes.
			r.Group(func(r chi.Router) {
				r.Use(k.RequireKnown)
				r.Post("/signup", k.Handle(signUp.submit))
				r.Post("/signin", k.Handle(signIn.submit))
				r.Post("/signin/continue", k.Handle(signIn.confirm))
				r.Post("/forgot", k.Handle(reset.send))
				r.Post("/verify/send", k.Handle(verify.send))
			})

			// Anyone, with the link in a mail.
			r.Group(func(r chi.Router) {
				r.Use(k.RequireKnown, k.Quiet)
				r.Get("/verify", k.Handle(verify.form))
				r.Post("/verify", k.Handle(verify.submit))
				r.Get("/reset", k.Handle(reset.form))
				r.Post("/reset", k.Handle(reset.submit))
				r.Get("/account/email/undo", k.Handle(email.undoForm))
				r.Post("/account/email/undo", k.Handle(email.undoSubmit))
				r.Get("/signin/notice", k.Handle(notice.form))
				r.Post("/signin/notice", k.Handle(notice.submit))
				k.RouteParts(r, kit.BlockLinks)
			})
		})
	})

	r.Group(func(r chi.Router) {
		r.Use(forms, k.Session(authhttp.Page), k.RequireKnown)

		// Anyone.
		r.Get("/", k.Handle(home.show))
		r.Get("/signup", k.Handle(signUp.form))
		r.Get("/signin", k.Handle(signIn.form))
		r.Get("/signout", k.Handle(signOut.form))
		r.Get("/verify/sent", k.Handle(verify.sent))
		r.Get("/forgot", k.Handle(reset.forgot))
		r.Get("/forgot/sent", k.Handle(reset.sent))
		r.Post("/account/appearance", k.Handle(appearance.submit))
		if k.Development {
			r.Get("/dev/ui", k.Handle(appearance.components))
		}
		k.RouteParts(r, kit.BlockAnyone)

		// Signed in. What changes something asks the database first.
		r.Group(func(r chi.Router) {
			r.Use(k.RequireUser)
			r.Get("/dashboard", k.Handle(dashboard.show))
			r.Get("/account/appearance", k.Handle(appearance.show))
			k.RouteParts(r, kit.BlockUsers)
		})

		// Signed in, as the database says at this moment.
		r.Group(func(r chi.Router) {
			r.Use(k.RequireFresh)
			r.Get("/account", k.Handle(account.show))
			r.Post("/account", k.Handle(account.submit))
			r.Post("/account/verify", k.Handle(verify.sendOwn))
			r.Get("/account/password", k.Handle(password.form))
			r.Post("/account/password", k.Handle(password.submit))
			r.Get(kit.ReauthPath, k.Handle(reauth.form))
			r.Post(kit.ReauthPath, k.Handle(reauth.submit))
			r.Get("/account/sessions", k.Handle(devices.show))
			r.Post("/account/sessions/{id}/end", k.Handle(devices.end))
			r.Post("/account/sessions/end-others", k.Handle(devices.endOthers))
			r.Post("/account/sessions/end-all", k.Handle(devices.endAll))
			k.RouteParts(r, kit.BlockFresh)

			// Signed in a moment ago, or asked for the password once more.
			r.Group(func(r chi.Router) {
				r.Use(k.RequireRecent(10 * time.Minute))
				r.Get("/account/email", k.Handle(email.form))
				r.Post("/account/email", k.Handle(email.submit))
				r.Get("/account/delete", k.Handle(deletion.form))
				r.Post("/account/delete", k.Handle(deletion.submit))
				r.Get("/account/export", k.Handle(export.file))
			})
		})
	})
	return r
}
