package views

import (
	"cmp"
	"strings"
	"time"
)

// Page is what every page gets, whatever it shows.
type Page struct {
	Title       string              // for the browser's tab; "": the page's own
	Description string              // for search engines; "": the site's own
	Path        string              // path of the request, marks the place in the menu; "": marks none
	Origin      string              // the site's public origin, such as https://app.example; "": no canonical address
	User        *User               // the signed-in user; nil: a guest
	Unknown     bool                // it cannot be told who is signed in, so the page offers nothing
	Menu        []MenuItem          // where the signed-in user can go
	Theme       string              // "light" or "dark", as the user chose; "": as their system says
	Toast       string              // what has just been done, said once; "": nothing
	Asset       func(string) string // address of a static file; nil: /static/ and its name
	Nonce       string              // CSP nonce that every script carries; "": scripts are not run under our policy
	AuthPath    string              // where session.js asks about the session; "": /auth
	PollSeconds int                 // seconds between its questions; 0: it does not ask
	Push        bool                // whether it is told of news as well; false: it asks only
	ExpiresIn   string              // seconds until the session ends if unused; "": a guest
	EndsIn      string              // seconds until it ends in any case; "": a guest
	WarnSeconds int                 // how long before the end session.js says so; 0: never
	Private     bool                // a page that a guest may not see: session.js leaves it when signed out
	SiteName    string              // "": Latchkey
	Development bool                // marks the page as running in development
	Mailbox     string              // where development shows mail; "": nowhere
	Now         time.Time           // the moment that "5 minutes ago" counts from; zero: the clock
}

// User is the signed-in person.
type User struct {
	Name  string // "": the email address is shown instead
	Shown string // the address as its owner would write it; "": as Email is
	Email string // also how session.js notices a change of user; "" only in tests
}

// MenuItem is one place that the menu leads to. An optional part of the site
// adds its own.
type MenuItem struct {
	Label  string // what it says
	Path   string // where it leads, such as /notes
	Icon   string // a name in icons.go; "": a dot
	Public bool   // the front page's header shows it too
}

// titled gives the page its own title where the handler gave none.
func (p Page) titled(title string) Page {
	p.Title = cmp.Or(p.Title, title)
	return p
}

// failed says in the tab's title, which is read first, that the form came back.
func (p Page) failed(e Errors) Page {
	if len(e) > 0 {
		p.Title = "Error: " + p.Title
	}
	return p
}

// Titled is titled for the pages of other packages.
func (p Page) Titled(title string) Page { return p.titled(title) }

// Failed is failed for the pages of other packages.
func (p Page) Failed(e Errors) Page { return p.failed(e) }

func (p Page) siteName() string { return cmp.Or(p.SiteName, "Latchkey") }

func (p Page) description() string {
	return cmp.Or(p.Description, "A Go web app starter with sessions you can revoke: JWT or database sessions behind one setting.")
}

// AssetURL is the address of a static file.
func (p Page) AssetURL(name string) string { return p.asset(name) }

func (p Page) asset(name string) string {
	if p.Asset == nil {
		return "/static/" + name
	}
	return p.Asset(name)
}

// renderedFor tells session.js whose page this is, in the only terms that the
// session endpoint shares with it: Auth.js puts no user id on the wire.
func (p Page) renderedFor() string {
	if p.User == nil {
		return ""
	}
	return p.User.Email
}

func (p Page) now() time.Time {
	if p.Now.IsZero() {
		return time.Now()
	}
	return p.Now
}

// at reports whether a menu item leads to this page or to one below it. The pages of
// the settings are beside /account, not below it.
func (p Page) at(path string) bool {
	return p.Path == path || path != "/" && path != "/account" && strings.HasPrefix(p.Path, path+"/")
}

// current marks a link to this very page, for aria-current; "": it is another.
func (p Page) current(path string) string {
	switch {
	case p.Path == path:
		return "page"
	case p.at(path):
		return "true"
	}
	return ""
}

// called is how the page addresses its reader.
func (u *User) called() string {
	if u == nil {
		return ""
	}
	return cmp.Or(u.Name, u.shownEmail())
}

// shownEmail is the address as its owner would write it.
func (u *User) shownEmail() string { return cmp.Or(u.Shown, u.Email) }
