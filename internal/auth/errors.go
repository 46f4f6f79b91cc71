package auth

import (
	"errors"
	"fmt"

	"latchkey/internal/authjs"
)

// What can go wrong, to be told apart with errors.Is.
var (
	// ErrNotFound is a Store's answer when no row matches.
	ErrNotFound = errors.New("not found")
	// ErrDisabled is returned by Begin for an account that may not sign in.
	ErrDisabled = errors.New("the account is disabled")
	// ErrCredentialChanged is returned by Begin when the user's password is no
	// longer the one that Login says was verified.
	ErrCredentialChanged = errors.New("the credential has changed since it was verified")
	// ErrSessionLimit is returned by Begin and Confirm under the deny policy;
	// errors.AsType with *LimitError tells which sessions are in the way.
	ErrSessionLimit = errors.New("session limit reached")
	// ErrConfirmation is returned by Confirm when the confirmation is forged,
	// older than two minutes, or has been used.
	ErrConfirmation = errors.New("the confirmation is no longer valid")
	// ErrTooLarge means that the claims of a session do not fit its cookies, or
	// are more than Config.MaxCookieBytes: too much is in the user's Profile.
	ErrTooLarge = authjs.ErrTooLarge
	// ErrTooManyWatches is returned by Watch when the user, or all users
	// together, have as many watches as allowed.
	ErrTooManyWatches = errors.New("too many watches")
	// ErrUnavailable means that the database could not be asked, so nothing is
	// known and nobody is let in. Every store wraps it around what its database
	// says.
	ErrUnavailable = errors.New("the database cannot be used")
	// ErrNotMigrated means that the database answers, and its schema is not yet
	// the one that this program expects.
	ErrNotMigrated = errors.New("the database is not migrated yet")
)

// LimitError is ErrSessionLimit with what the user needs to decide.
type LimitError struct {
	Live         []Session // the sessions in the way, newest first
	Limit        int       // how many are allowed
	Confirmation string    // hand it to Confirm to sign out one or all of them and go on
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%v: %d of %d", ErrSessionLimit, len(e.Live), e.Limit)
}

// Is makes errors.Is(err, ErrSessionLimit) true.
func (e *LimitError) Is(target error) bool { return target == ErrSessionLimit }

// wrap puts the operation's name in front of an error of the store.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}
