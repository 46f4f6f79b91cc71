// Package signinlink signs users in by a link in a mail. To be rid of it, set
// SIGNIN_EMAIL_LINK=off, or delete this folder and its lines in parts.go.
package signinlink

import (
	"github.com/go-chi/chi/v5"

	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// Part is the email link in a site.
var Part = kit.Part{
	Switch: "SIGNIN_EMAIL_LINK",
	On:     true,
	Build: func(k *kit.Kit) kit.Built {
		p := newPages(k)
		return kit.Built{
			SignIn: []views.Link{{Label: "Email me a link", Href: "/signin/link"}},
			Routes: map[kit.Block]func(chi.Router){
				kit.BlockAnyone: func(r chi.Router) {
					r.Get("/signin/link", k.Handle(p.form))
					r.Post("/signin/link", k.Handle(p.send))
					r.Get("/signin/link/sent", k.Handle(p.sent))
				},
				kit.BlockLinks: func(r chi.Router) {
					r.Get("/signin/link/open", k.Handle(p.open))
					r.Post("/signin/link/open", k.Handle(p.enter))
				},
			},
		}
	},
}
