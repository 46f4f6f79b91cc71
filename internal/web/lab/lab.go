// Package lab is the session lab: pages that show how a session works by what
// every project built on this can use. It brings its own words, markup, script
// and stylesheet. To be rid of it, delete this folder and its lines in
// parts.go.
//
//house:circles 1
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
				r.Get("/lab/ping", l.Handle(l.ping))
			},
			kit.BlockFresh: func(r chi.Router) {
				r.Post("/lab/practice", l.Handle(l.addPractice))
				r.Post("/lab/practice/end", l.Handle(l.endPractice))
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
	m := l.model(r)
	p := l.page(r)
	m.Notice, p.Toast = p.Toast, "" // the lab has a place of its own for it
	return l.Render(w, r, http.StatusOK, Show(p, m))
}

var notices = map[string]string{
	"practice":       "The practice device is signed in.",
	"practice-ended": "The practice device is signed out. Its next request is refused.",
	"none":           "There is no practice device to sign out.",
	"full":           "You've reached your limit of devices. Sign one out first, under Security.",
	"large":          "Your roles fill 6 kB now.",
	"small":          "The roles are gone again.",
	"drop":           "The connection is lost. You're still signed in.",
}

// live is what lab.js keeps the page up to date with.
func (l *lab) live(w http.ResponseWriter, r *http.Request) error {
	return l.Render(w, r, http.StatusOK, Live(l.page(r), l.model(r)))
}

// page counts from the session engine's clock, like the dates it shows.
func (l *lab) page(r *http.Request) views.Page {
	p := l.PrivatePage(r)
	p.Title = "Session lab"
	p.Now = l.Auth.Now()
	return p
}

func (l *lab) model(r *http.Request) Model {
	session := authhttp.FromContext(r.Context()).Session
	cost := dbtrace.Count(r.Context()) // so far: to know who asks
	_, practice := l.ask(r)
	renewAfter, maxAge, absolute := l.Auth.Lifetimes()
	return Model{
		Strategy: l.Auth.Strategy(),
		Cookie:   cookieOf(authhttp.Inspect(r.Context())),
		Large:    slices.ContainsFunc(session.User.Profile.Roles, isWeight),
		AuthCost: cost,
		ViewSize: l.Auth.EndingsSize(),
		Practice: practice,
		Dropped:  l.drops.left(session.ID),
		DropFor:  dropFor,

		ValidatedAt: session.ValidatedAt,
		ExpiresAt:   session.ExpiresAt,
		AbsoluteEnd: session.AbsoluteExpiresAt,
		RenewAfter:  renewAfter,
		MaxAge:      maxAge,
		AbsoluteAge: absolute,
	}
}

func cookieOf(c auth.Carried) Cookie {
	shown := Cookie{Bytes: c.Bytes, Count: c.Cookies, Start: c.Start}
	for _, claim := range c.Claims {
		shown.Claims = append(shown.Claims, Claim(claim))
	}
	return shown
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
