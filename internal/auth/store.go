package auth

import (
	"context"
	"time"
)

// Store keeps one row per login, in a database that also has the users. It has
// no opinions: limits, lifetimes and reasons are decided by the Service and
// handed in.
//
// The comments here are its specification and authtest.Run checks it. All
// methods are safe for concurrent use. All times have millisecond precision
// and come from the caller: a store never looks at a clock. Anything a method
// acknowledges is durable. Errors other than the ones named mean that the
// database could not be asked, and wrap ErrUnavailable.
type Store interface {
	// Begin runs one login as one transaction: it locks the user's row (its
	// own first statement, so that logins of one user go one after the other),
	// ends as Expired those of the user's sessions that have expired at now, for
	// which no Change is reported, reads the user with their Credential, calls plan with a Lister of
	// their sessions that are live at now, and carries the Plan out. An error of
	// plan rolls back and is returned as it is. ErrNotFound if there is no such
	// user. plan must be quick, must not use the store and may be called again
	// where the database undoes a try. The Lister is of use until plan returns.
	Begin(ctx context.Context, userID string, now time.Time, plan func(User, Lister) (Plan, error)) ([]Change, error)

	// Find returns a session by its key, live or not, with its user.
	// ErrNotFound if there is no row.
	Find(ctx context.Context, key Key) (Session, error)

	// Renew moves last_seen_at and expires_at of a session that is live at
	// r.Now, in one conditional statement, and returns it with its user.
	// ErrNotFound if it is not live, or its user is disabled or deleted: it can
	// never bring one back.
	Renew(ctx context.Context, key Key, r Renewal) (Session, error)

	// End ends the selected sessions of a user that have not ended, in one
	// transaction that first locks the user's row, and says which. Ending
	// nothing is no error.
	End(ctx context.Context, sel Selector, reason Reason, now time.Time) ([]Change, error)

	// Live returns a page of the user's sessions that are live at now, and how
	// many there are on all pages, which the database counts.
	Live(ctx context.Context, userID string, now time.Time, page Page) (list []Session, total int, err error)

	// Changes returns what ended since the given time, and the live sessions
	// of users changed since then, in any order. It may return more.
	Changes(ctx context.Context, since time.Time) ([]Change, error)

	// Collect deletes the rows of sessions that ended or reached their absolute
	// expiry before the given time, in small batches, and says how many. Other
	// processes may collect at the same time: each row is deleted once.
	Collect(ctx context.Context, before time.Time) (int, error)

	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}

// Listener is implemented by a store whose database can tell other instances
// that there is something to look at, the moment it commits.
type Listener interface {
	// Listen subscribes, calls ready, then calls hint each time that something
	// may have changed, until ctx ends or the connection breaks. A hint says
	// nothing but "look": anybody who may connect to the database can send one.
	// hint returns at once. Where the database has no such means, Listen waits
	// until ctx ends.
	Listen(ctx context.Context, ready func(context.Context) error, hint func()) error
}

// Key finds a session: exactly one field is set.
type Key struct {
	ID        string // the session's id, from a JWT
	TokenHash []byte // SHA-256 of an opaque token; empty = not by this
}

// Selector picks sessions of one user.
type Selector struct {
	UserID    string // never empty: nobody can end another's session
	SessionID string // only this one; "" = all
	Except    string // all but this one; "" = no exception
	Most      int    // so many at most, the least recently seen; 0 = all
}

// Lister is Store.Live for the user and inside the transaction of a login.
type Lister func(Page) (list []Session, total int, err error)

// Page picks from the live sessions of a user. They come newest first, those of
// one moment by id from the last.
type Page struct {
	Limit  int     // most sessions to return; 0 = none, which only counts them
	After  Session // the last of the page before: its CreatedAt and ID are looked at; zero = the first page
	First  string  // the id of a session that leads the list, if it is live; "" = none. Not together with After
	Except string  // the id of a session that is neither listed nor counted; "" = none

	// LeastRecent turns the order to what an eviction takes first: the least
	// recently seen, of those the oldest, then by id. Not together with After.
	LeastRecent bool
}

// Plan is what a login does to the database.
type Plan struct {
	End []Ending // sessions that make room; nil = none
	New Session  // the session to insert; its User.ID is the locked user
}

// Ending is a session to end and why.
type Ending struct {
	SessionID string
	Reason    Reason
}

// Renewal is what a renewal writes.
type Renewal struct {
	Now       time.Time
	ExpiresAt time.Time // the row gets the earlier of this and its absolute expiry
	TokenHash []byte    // replaces the row's; nil = keep
}

// Change tells the view that what is known of a session is out of date.
type Change struct {
	SessionID string
	At        time.Time
	Ended     Reason // "" = not ended: only its user's data changed
}
