package kit

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"latchkey/internal/views"
)

// Part is what a site can do without: a folder, and a line in the list of
// parts. Everything that its folder adds to the rest is in this one value.
type Part struct {
	Switch  string             // the variable that turns it on and off, such as NOTES; unset = on in development only. "" = always on
	On      bool               // it is on unless Switch turns it off, in production too
	Menu    []views.MenuItem   // entries for users, after the site's own; nil = none
	Mailbox string             // the page on which development shows mail; "" = it is none
	Build   func(k *Kit) Built // called once for each site that has the part
}

// Built is a part of one site.
type Built struct {
	Routes map[Block]func(chi.Router)      // its pages, by who may enter; nil = none
	Around func(http.Handler) http.Handler // goes around whatever knows its session; nil = nothing

	// SignIn are ways to sign in other than by password, which the sign-in page links to;
	// nil = none.
	SignIn []views.Link

	// Dashboard is what the part shows on the user's first page; nil = nothing.
	Dashboard func(*http.Request, views.Page) (templ.Component, error)

	// Export is what the part keeps of a user, for the file that they download, as JSON
	// makes it of the value; nil = nothing. Name is where it is in that file.
	Name   string
	Export func(ctx context.Context, userID string) (any, error)
}

// Block is a block of routes: who may enter.
type Block int

// The blocks of a site; see routes.go in package web.
const (
	BlockOpen   Block = iota // nothing is looked at: the part says itself who may enter
	BlockLinks               // anyone, with the link in a mail: small forms, and no address is told to anyone
	BlockAnyone              // guests and users, once it is known which
	BlockUsers               // users
	BlockFresh               // users, as the database says at this moment
)

// Add takes parts in, before anything is routed.
func (k *Kit) Add(parts ...Part) {
	for _, p := range parts {
		built := p.Build(k)
		if built.Routes != nil { // a menu leads nowhere else
			k.menu = append(k.menu, p.Menu...)
			k.mailbox = cmp.Or(p.Mailbox, k.mailbox)
		}
		k.parts = append(k.parts, built)
	}
}

// RouteParts adds to r what the parts have in a block.
func (k *Kit) RouteParts(r chi.Router, block Block) {
	for _, p := range k.parts {
		if add := p.Routes[block]; add != nil {
			add(r)
		}
	}
}

// SignInWays are the parts' ways to sign in.
func (k *Kit) SignInWays() []views.Link {
	var all []views.Link
	for _, p := range k.parts {
		all = append(all, p.SignIn...)
	}
	return all
}

// ExportParts is what the parts keep of a user, by their names.
func (k *Kit) ExportParts(ctx context.Context, userID string) (map[string]any, error) {
	all := map[string]any{}
	for _, p := range k.parts {
		if p.Export == nil {
			continue
		}
		kept, err := p.Export(ctx, userID)
		if err != nil {
			return nil, err
		}
		all[p.Name] = kept
	}
	return all, nil
}

// besideTime is how long a page waits for what is beside its own.
const besideTime = time.Second

// Beside runs what a page can do without, for a second at most. In an outage the page goes
// on without it: a session that was checked lately needs no database.
func (k *Kit) Beside(r *http.Request, do func(*http.Request) error) error {
	ctx, cancel := context.WithTimeout(r.Context(), besideTime)
	defer cancel()
	err := do(r.WithContext(ctx))
	if err != nil && isOutage(err) {
		k.Log.WarnContext(r.Context(), "a page does without what the database has beside it", "error", err)
		return nil
	}
	return err
}

// DashboardParts is what the parts show on the user's first page, one below the other.
func (k *Kit) DashboardParts(r *http.Request, p views.Page) (templ.Component, error) {
	var all []templ.Component
	for _, part := range k.parts {
		if part.Dashboard == nil {
			continue
		}
		err := k.Beside(r, func(r *http.Request) error {
			one, err := part.Dashboard(r, p)
			if err == nil {
				all = append(all, one)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return templ.Join(all...), nil
}
