// Package lab is the session lab: pages that show how a session works by what
// every project built on this can use. It brings its own words, markup, script
// and stylesheet. To be rid of it, delete this folder and its line in
// parts.go.
package lab

import (
	"embed"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/dbtrace"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
	"latchkey/static"
)

//go:embed lab.css lab.js
var files embed.FS

func init() { static.Add(files) }

// Part is the lab in a site. Its pages are answered from the cookie and the
// view, as a project's own pages would be; what changes something asks the
// database first whether the session still holds.
var Part = kit.Part{
	Switch: "LAB",
	Menu:   []views.MenuItem{{Path: "/lab", Label: "Session lab", Icon: "flask", Public: true}},
	Build: func(k *kit.Kit) kit.Built {
		l := newLab(k)
		return kit.Built{Around: l.watch, Routes: map[kit.Block]func(chi.Router){
			kit.BlockUsers: func(r chi.Router) {
				r.Get("/lab", l.Handle(l.show))
				r.Get("/lab/live", l.Handle(l.live))
			},
			kit.BlockFresh: func(r chi.Router) {
				r.Post("/lab/sessions/{id}/end", l.Handle(l.end))
				r.Post("/lab/large", l.Handle(l.large))
				r.Post("/lab/small", l.Handle(l.small))
				r.Post("/lab/expire", l.Handle(l.expire))
				r.Post("/lab/drop", l.Handle(l.drop))
			},
		}}
	},
}

// lab is shared by the lab's handlers.
type lab struct {
	*kit.Kit
	drops *drops
}

func newLab(k *kit.Kit) *lab { return &lab{k, newDrops(k.Auth.Now)} }

// show is the page, complete without JavaScript.
func (l *lab) show(w http.ResponseWriter, r *http.Request) error {
	m, err := l.model(r)
	if err != nil {
		return err
	}
	p := l.page(r)
	m.Notice, p.Toast = p.Toast, "" // the lab has a place of its own for it
	return l.Render(w, r, http.StatusOK, Show(p, m))
}

var notices = map[string]string{
	"ended": "That session is over: its row has ended, and the view knows.",
	"none":  "That session was over already.",
	"large": "Your roles fill 6 kB now. For 15 seconds every request asks the database: a server whose clock is off must not miss the change.",
	"small": "The roles are gone again. For 15 seconds every request asks the database: a server whose clock is off must not miss the change.",
	"drop":  "This server hangs up on this session's polls and pushes now. What the tabs say changes with their next question.",
}

// live is what lab.js keeps the page up to date with.
func (l *lab) live(w http.ResponseWriter, r *http.Request) error {
	m, err := l.model(r)
	if err != nil {
		return err
	}
	return l.Render(w, r, http.StatusOK, Live(l.page(r), m))
}

// page counts from the session engine's clock, like the dates it shows.
func (l *lab) page(r *http.Request) views.Page {
	p := l.PrivatePage(r)
	p.Title = "Session lab"
	p.Now = l.Auth.Now()
	return p
}

// listed is how many of the user's sessions the lab shows at most.
const listed = 20

func (l *lab) model(r *http.Request) (Model, error) {
	session := authhttp.FromContext(r.Context()).Session
	cost := dbtrace.Count(r.Context()) // so far: to know who asks
	all, _, err := l.Auth.Sessions(r.Context(), session.User.ID, auth.Page{Limit: listed, First: session.ID})
	if err != nil {
		return Model{}, err
	}
	renewAfter, maxAge, absolute := l.Auth.Lifetimes()
	return Model{
		Strategy: l.Auth.Strategy(),
		Cookie:   cookieOf(authhttp.Inspect(r.Context())),
		Large:    slices.ContainsFunc(session.User.Profile.Roles, isWeight),
		AuthCost: cost,
		ListCost: dbtrace.Count(r.Context()) - cost,
		ViewSize: l.Auth.EndingsSize(),
		Devices:  kit.Devices(all, session.ID),
		Dropped:  l.drops.left(session.ID),
		DropFor:  dropFor,

		ValidatedAt: session.ValidatedAt,
		ExpiresAt:   session.ExpiresAt,
		AbsoluteEnd: session.AbsoluteExpiresAt,
		RenewAfter:  renewAfter,
		MaxAge:      maxAge,
		AbsoluteAge: absolute,
	}, nil
}

func cookieOf(c auth.Carried) Cookie {
	shown := Cookie{Bytes: c.Bytes, Count: c.Cookies, Start: c.Start}
	for _, claim := range c.Claims {
		shown.Claims = append(shown.Claims, Claim(claim))
	}
	return shown
}

// end signs out one of the user's sessions.
func (l *lab) end(w http.ResponseWriter, r *http.Request) error {
	user := authhttp.FromContext(r.Context()).Session.User
	n, err := l.Auth.End(r.Context(), auth.Selector{UserID: user.ID, SessionID: chi.URLParam(r, "id")}, auth.ReasonDevice)
	if err != nil {
		return err
	}
	done := "ended"
	if n == 0 {
		done = "none"
	}
	return l.back(w, r, done)
}

// back leads to the lab, which says what has been done.
func (l *lab) back(w http.ResponseWriter, r *http.Request, done string) error {
	if err := l.Flash(w, notices[done]); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/lab")
}

// expire ends this session as its age would. The next page finds that out and
// says so, as any page does.
func (l *lab) expire(w http.ResponseWriter, r *http.Request) error {
	session := authhttp.FromContext(r.Context()).Session
	sel := auth.Selector{UserID: session.User.ID, SessionID: session.ID}
	if _, err := l.Auth.End(r.Context(), sel, auth.ReasonExpired); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/lab")
}

func (l *lab) drop(w http.ResponseWriter, r *http.Request) error {
	l.drops.add(authhttp.FromContext(r.Context()).Session.ID)
	return l.back(w, r, "drop")
}

func (l *lab) large(w http.ResponseWriter, r *http.Request) error {
	return l.setWeight(w, r, "large", padded)
}

func (l *lab) small(w http.ResponseWriter, r *http.Request) error {
	return l.setWeight(w, r, "small", func(roles []string) []string { return roles })
}

// setWeight changes the user's roles, apart from the lab's own, to what change
// makes of them. The cookie follows by itself: this session's with the page
// that comes next, the others' with theirs.
func (l *lab) setWeight(w http.ResponseWriter, r *http.Request, done string, change func([]string) []string) error {
	user := authhttp.FromContext(r.Context()).Session.User
	err := l.Accounts.UpdateUser(r.Context(), user.ID, func(u *accounts.Editable) error {
		u.Profile.Roles = change(slices.DeleteFunc(slices.Clone(u.Profile.Roles), isWeight))
		return nil
	})
	if err != nil {
		return err
	}
	return l.back(w, r, done)
}

const (
	weightPrefix = "lab:"
	largeRoles   = 6000 // bytes of roles in all: three cookies, and far from the fourth, past which nobody could sign in
)

func isWeight(role string) bool { return strings.HasPrefix(role, weightPrefix) }

// padded adds roles until there is enough of them. Who has that many already
// gets none.
func padded(roles []string) []string {
	bytes := 0
	for _, role := range roles {
		bytes += len(role)
	}
	for ; bytes < largeRoles; bytes += 100 {
		roles = append(roles, weightPrefix+strings.Repeat("weight", 16))
	}
	return roles
}
