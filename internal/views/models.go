package views

import (
	"cmp"
	"time"
)

// Page is what every page gets, whatever it shows.
type Page struct {
	Title       string              // for the browser's tab; "": the page's own
	Path        string              // path of the request, marks the place in the menu; "": marks none
	User        *User               // who is signed in; nil: a guest
	Unknown     bool                // it cannot be told who is signed in, so the menu offers nothing
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
	Menu        []MenuItem          // what a user's menu has beside the site's own entries; nil: nothing
	Now         time.Time           // the moment that "5 minutes ago" counts from; zero: the clock
}

// MenuItem is an entry of the menu.
type MenuItem struct {
	Path  string // where it leads, such as /lab
	Label string // what it says
}

// User is the person who is signed in.
type User struct {
	Name  string // "": the email address is shown instead
	Email string // also how session.js notices a change of user; "" only in tests
}

// HomeModel is the front page.
type HomeModel struct {
	Strategy string // the strategy in force: "jwt" or "database"
	Database string // the database in use, in words: "SQLite", "PostgreSQL"; "": not mentioned
}

// Errors holds what is wrong with a form, by field name. The name "" is the
// form as a whole. Nil: nothing is wrong.
type Errors map[string]string

// SignUpModel is the form for a new account.
type SignUpModel struct {
	Name, Email string // what was typed before; the password is never given back
	CallbackURL string // where to go afterwards; "": the handler's default
	MinLength   int    // fewest characters of a password; 0: not mentioned
	Errors      Errors // fields: name, email, password
}

// SignInModel is the form for an existing account.
type SignInModel struct {
	Email       string // what was typed before; the password is never given back
	CallbackURL string // where to go afterwards; "": the handler's default
	Notice      string // why the reader is here, such as a sign-in elsewhere; "": none
	Errors      Errors // fields: email, password
	Demo        *Demo  // an account to try; nil: none, and always nil in production
}

// Demo is the seeded account of a development database.
type Demo struct{ Email, Password string }

// SignInLimitModel is shown when a sign-in had the right password but as many
// sessions as allowed are live, under the limit policy "deny".
type SignInLimitModel struct {
	Limit       int      // how many may be live at once
	Devices     []Device // those that are
	Proof       string   // single-use proof that the password was right; goes back in the form
	CallbackURL string   // where to go afterwards; "": the handler's default
}

// DashboardModel is the first page behind the door. A zero time is not shown.
type DashboardModel struct {
	Strategy          string    // the strategy in force: "jwt" or "database"
	SessionID         string    // gives the drawn key its shape; never shown; "": a plain key
	SignedInAt        time.Time // when this login was made
	ValidatedAt       time.Time // when the session was last checked against the database
	ExpiresAt         time.Time // when it ends if it is not used; slides with use
	AbsoluteExpiresAt time.Time // when it ends whatever happens
}

// DevicesModel is the list of places where the user is signed in.
type DevicesModel struct {
	Devices []Device
	Limit   int    // most live sessions; 0: no limit
	Policy  string // what the limit does: "evict" or "deny"; "": not explained
	Notice  string // what has just been done; "": nothing
}

// Device is one live session, in words for its owner.
type Device struct {
	ID       string    // the session's public id, names it in the form that ends it
	Name     string    // such as "Firefox on Windows"; "": Unknown browser
	Kind     string    // picks the picture: "desktop", "phone", "tablet"; anything else: a plain one
	IP       string    // last known address; "": not shown
	SignedIn time.Time // when this login was made; zero: not shown
	LastSeen time.Time // when it was last used; zero: not shown
	Current  bool      // the session that asks for the page
}

// ErrorPageModel is a page in place of the one asked for.
type ErrorPageModel struct {
	Status     int    // HTTP status; picks the words that are not given
	Title      string // "": the usual one of the status
	Text       string // "": the usual one of the status; never a Go error's text
	RequestID  string // to find the request in the log; "": not shown
	RetryAfter int    // seconds until another try makes sense; 0: not mentioned
	Again      string // where the other try leads; "": not offered
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

func (p Page) siteName() string { return cmp.Or(p.SiteName, "Latchkey") }

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

// called is how the page addresses its reader.
func (u *User) called() string {
	if u == nil {
		return ""
	}
	return cmp.Or(u.Name, u.Email)
}
