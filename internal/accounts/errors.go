package accounts

import (
	"errors"
	"fmt"
)

// What can go wrong, to be told apart with errors.Is.
var (
	// ErrEmailTaken is returned by Register when the address has an account.
	ErrEmailTaken = errors.New("an account with this email address exists")
	// ErrCredentials is returned by Login for an unknown address, a wrong
	// password and a disabled account alike (ASVS 6.3.8).
	ErrCredentials = errors.New("wrong email address or password")
	// ErrToken is returned for a link that is unknown, spent, void or too old alike.
	ErrToken = errors.New("this link can't be used")
	// ErrBusy means that password hashing is saturated: try again shortly.
	ErrBusy = errors.New("too many sign-ins at this moment")
)

// UnverifiedError is returned by Login for the right password of an account whose
// address nobody has proved, on a site that asks for that. It is an ErrCredentials to a
// caller that does not ask: a stranger must not learn of it, the person who knows the
// password may.
type UnverifiedError struct{ UserID, Email string }

func (e *UnverifiedError) Error() string { return "the email address is not verified" }

// Unwrap returns ErrCredentials.
func (e *UnverifiedError) Unwrap() error { return ErrCredentials }

// Invalid reports what is wrong with a form: field name to fixed text.
type Invalid map[string]string

func (e Invalid) Error() string { return fmt.Sprintf("invalid input: %v", map[string]string(e)) }

// wrap puts the operation's name in front of an error of the store.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}
