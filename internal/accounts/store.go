package accounts

import (
	"context"
	"time"

	"latchkey/internal/auth"
)

// Store keeps accounts and their password hashes. Each method is one job and one
// transaction.
//
// The comments here are its specification and accountstest.Run checks it. What
// auth.Store says of times, durability and concurrency holds here too. Errors
// other than the ones named wrap auth.ErrUnavailable.
type Store interface {
	// CreateUser adds an account, and the letters that greet its owner. ErrEmailTaken
	// if the address has one, also when two calls race.
	CreateUser(ctx context.Context, u auth.User, passwordHash string, letters ...Letter) error

	// UserByEmail finds an account by its canonical address, together with its
	// password hash ("" = it has no password). ErrNotFound if there is none.
	UserByEmail(ctx context.Context, email string) (u auth.User, passwordHash string, err error)

	// ReplacePasswordHash stores a new hash where the old one is still in
	// place; otherwise it does nothing, so that a rehash at login can never
	// undo a password change.
	ReplacePasswordHash(ctx context.Context, userID, old, new string) error

	// UpdateUser locks the user's row, has change edit what it read, and writes
	// that, in one transaction. It returns a
	// Change for each of the user's live sessions and tells other instances of
	// them. An error of change rolls back and is returned as it is. ErrNotFound
	// if there is no such user, auth.ErrDisabled if they may not sign in.
	UpdateUser(ctx context.Context, userID string, now time.Time, change func(*Editable) error) ([]auth.Change, error)

	// DisableUser sets disabled_at and ends all the user's sessions, in one
	// transaction. ErrNotFound if there is no such user.
	DisableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error)

	// EnableUser clears disabled_at, and ends the sessions that the user still has, which
	// an account that was disabled by hand keeps: none comes back to life. ErrNotFound if
	// there is no such user.
	EnableUser(ctx context.Context, userID string, reason auth.Reason, now time.Time) ([]auth.Change, error)
}

// Editable is what an update of a user may write.
type Editable struct {
	Name        string       // "" = none
	Image       string       // address of a picture; "" = none
	Profile     auth.Profile // what your project adds
	MaxSessions *int         // nil = the site's limit; 0 = no limit
}

// EditableOf is what may be written of a user, as it is now.
func EditableOf(u auth.User) Editable {
	return Editable{Name: u.Name, Image: u.Image, Profile: u.Profile, MaxSessions: u.MaxSessions}
}
