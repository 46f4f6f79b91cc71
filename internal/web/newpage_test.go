package web_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/dbtrace"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// notes are a page that a project adds. What follows is all that it has to say.
type notes struct {
	*kit.Kit
	find func(ctx context.Context, userID, id string) error // its own store
}

func (n *notes) part() kit.Part {
	return kit.Part{
		Menu: []views.MenuItem{{Path: "/tasks", Label: "Tasks"}},
		Build: func(k *kit.Kit) kit.Built {
			n.Kit = k
			return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockUsers: func(r chi.Router) {
				r.Get("/tasks", k.Handle(n.show))
				r.Get("/tasks/{id}", k.Handle(n.show))
				r.Post("/tasks", k.Handle(n.show))
			}}}
		},
	}
}

func (n *notes) show(w http.ResponseWriter, r *http.Request) error {
	authhttp.AtHeaders(r.Context(), func(h http.Header) { h.Set("X-Queries", strconv.Itoa(dbtrace.Count(r.Context()))) })
	user := authhttp.FromContext(r.Context()).Session.User
	if err := n.find(r.Context(), user.ID, chi.URLParam(r, "id")); err != nil {
		return fmt.Errorf("find notes: %w", err)
	}
	return n.Render(w, r, http.StatusOK, templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		return views.App(n.PrivatePage(r).Titled("Notes")).Render(templ.WithChildren(ctx, templ.Raw("<h1>Notes</h1>")), out)
	}))
}

// reading has the notes ask the site's own database.
func reading(w *webtest.Site) *notes {
	return &notes{find: func(ctx context.Context, userID, id string) error {
		if id != "" && id != "first" {
			return auth.ErrNotFound
		}
		_, _, err := w.Database.Live(ctx, userID, w.Now(), auth.Page{Limit: 1})
		return err
	}}
}

// What every page promises, a page that a project adds promises as well, without a
// word about it.
func TestANewPageKeepsThePromises(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		n := reading(w)
		w.Add(n.part())
		b := w.SignUp(webtest.Email(t))
		b.Get("/tasks") // after the sign-in
		page := b.Get("/tasks").Shows(200, "<title>Notes · Latchkey</title>", `href="/tasks"`, "<h1>Notes</h1>")
		if got := page.Header.Get("X-Queries"); got != "2" {
			t.Errorf("the page costs %q, want the two questions of its list counted", got)
		}
		w.Browser().Get("/tasks").RedirectsTo("/signin?callbackUrl=%2Ftasks")
		b.Get("/tasks/first").Shows(200)
		for _, id := range []string{"nobody", "0", "-1", "9223372036854775808", "'%20OR%201=1--", strings.Repeat("x", 2000), "%F0%9F%92%A9", "first%0A"} {
			b.Get("/tasks/" + id).Shows(404)
		}
		for _, text := range []string{"%00", "a%00b", "%ff", "%C3%28", "%ED%A0%80"} {
			b.Get("/tasks/" + text).Shows(422)
			b.Get("/tasks?q=" + text).Shows(422)
			b.Get("/tasks?" + text + "=x").Shows(422)
			b.Do("POST", "/tasks", "application/x-www-form-urlencoded", "text="+text).Shows(422)
			b.Do("POST", "/tasks", "application/x-www-form-urlencoded", text+"=x").Shows(422)
		}
		b.Do("POST", "/tasks", "application/x-www-form-urlencoded", "text=%F0%9F%92%A9").Shows(200)

		_, connect := pgconn.Connect(t.Context(), "postgres://127.0.0.1:1/x?sslmode=disable")
		for _, outage := range []error{
			auth.ErrUnavailable, context.DeadlineExceeded, driver.ErrBadConn, io.ErrUnexpectedEOF, connect,
			&net.OpError{Op: "dial", Err: io.EOF}, &pgconn.PgError{Code: "57P01"}, &pgconn.PgError{Code: "53300"}, &pgconn.PgError{Code: "25006"}, lockedSQLite(t),
		} {
			n.find = func(context.Context, string, string) error { return outage }
			if got := b.Get("/tasks").Shows(503, "right back"); got.Header.Get("Retry-After") == "" {
				t.Errorf("the answer to %v does not say when to come back", outage)
			}
		}
		for _, bug := range []error{&pgconn.PgError{Code: "42P01"}, io.EOF} {
			n.find = func(context.Context, string, string) error { return bug }
			b.Get("/tasks").Shows(500)
		}
	})
}

func TestTheLookOfANewPage(t *testing.T) {
	t.Parallel()
	webtest.Look(t, func(w *webtest.Site) { w.Web.Parts = []kit.Part{reading(w).part()} },
		webtest.Sight{Name: "new page", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("ada@example.com"))
			v.Visit("/tasks", "Notes")
		}})
}
