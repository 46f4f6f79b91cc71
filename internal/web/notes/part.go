// Package notes is the example of a feature: a table, a store on both databases, pages
// and tests, all in this folder. Copy it for a feature of your own, or delete it together
// with its lines in parts.go and its files in migrations/.
//
// Read store.go first, then handlers.go.
package notes

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// Part is the notes in a site.
var Part = kit.Part{
	Menu: []views.MenuItem{{Path: "/notes", Label: "Notes", Icon: "note"}},
	Build: func(k *kit.Kit) kit.Built {
		store := Open(k.Store)
		if store == nil {
			return kit.Built{}
		}
		n := &notes{k, store}
		return kit.Built{
			Routes:    map[kit.Block]func(chi.Router){kit.BlockUsers: n.routes},
			Dashboard: n.latest,
			Name:      "notes",
			Export:    n.export,
		}
	},
}

// routes are for users. Whatever changes something asks the database first who they are;
// the kit sees to that.
func (n *notes) routes(r chi.Router) {
	r.Get("/notes", n.Handle(n.list))
	r.Get("/notes/new", n.Handle(n.blank))
	r.Get("/notes/{id}", n.Handle(n.show))
	r.Get("/notes/{id}/edit", n.Handle(n.edit))
	r.Post("/notes/{id}/delete", n.Handle(n.delete))

	// A form writes some characters in twelve bytes: the longest note is more than other
	// pages take.
	long := r.With(n.Bounded(256<<10, n.MaxTime))
	long.Post("/notes", n.Handle(n.create))
	long.Post("/notes/{id}", n.Handle(n.save))
}

// latest is on the dashboard.
func (n *notes) latest(r *http.Request, p views.Page) (templ.Component, error) {
	list, total, err := n.store.List(r.Context(), authhttp.FromContext(r.Context()).Session.User.ID, 0, 3)
	if err != nil {
		return nil, err
	}
	return Latest(p, list, total), nil
}

// exported is how a note looks in the file that users download.
type exported struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

func (n *notes) export(ctx context.Context, userID string) (any, error) {
	all := []exported{}
	for {
		list, total, err := n.store.List(ctx, userID, len(all), 500)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			all = append(all, exported{x.ID, x.Title, x.Body, x.CreatedAt, x.UpdatedAt})
		}
		if len(list) == 0 || len(all) >= total {
			return all, nil
		}
	}
}
