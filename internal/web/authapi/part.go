// Package authapi is the endpoints that clients of Auth.js call, in its words:
// what goes in, what comes out, how errors look. They call the same services as
// the pages. The document on Auth.js says where they differ on purpose. To be rid of them,
// delete this folder and its lines in parts.go; GET /session stays, since our
// own pages ask it as well.
//
//house:circles 1
package authapi

import (
	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/web/kit"
)

// Part is the endpoints in a site.
var Part = kit.Part{Build: func(k *kit.Kit) kit.Built {
	p := &part{k, authjs.NewCSRF(k.Secrets...)}
	return kit.Built{Routes: map[kit.Block]func(chi.Router){
		kit.BlockOpen: func(r chi.Router) { r.Route(k.AuthPath, p.routes) },
	}}
}}

// part is shared by the endpoints.
type part struct {
	*kit.Kit
	csrf authjs.CSRF
}

func (p *part) routes(r chi.Router) {
	r.NotFound(badRequest)
	r.MethodNotAllowed(badRequest)

	// Where a browser is sent: they lead to pages of ours, also during an outage.
	r.Group(func(r chi.Router) {
		r.Use(p.Session(authhttp.Page))
		r.Get("/error", p.action(p.showError))
		r.Get("/signin", p.action(p.signInPage))
		r.Get("/signout", p.action(p.signOutPage))
	})

	// What a client calls. Only what signs in is held to small bodies.
	large := p.Bounded(kit.MaxBody, p.MaxTime)
	r.Group(func(r chi.Router) {
		r.Use(p.Session(authhttp.Poll))

		// These need no database, so they answer during an outage.
		r.Get("/csrf", p.action(p.giveCSRF))
		r.Get("/providers", p.action(p.providers))
		r.Post("/signin", p.action(p.signInStart))
		r.Post("/signin/{provider}", p.action(p.signInStart))
		r.With(large).Post("/signout", p.action(p.signOut))

		r.Group(func(r chi.Router) {
			r.Use(p.RequireKnown)
			r.With(large, p.AskDatabase, p.LimitWrites).Post("/session", p.action(p.update))
			r.Get("/callback/{provider}", p.action(p.callback))
			r.Post("/callback/{provider}", p.action(p.callback))
		})
	})
}
