package accounts

import (
	"context"
	"time"

	"latchkey/internal/auth"
)

// History keeps who has signed in to an account, and who has tried: KeptSignIns of either.
// accountstest.RunHistory checks what is said here. What Store says of errors, times and
// durability holds here too.
type History interface {
	// AddSignIn writes a sign-in or a failure, under the lock of the user's row, and
	// forgets the oldest of its kind. A failure from an address that has failed within
	// FoldFailures is counted with that one. notice, if it is not nil, is sent where the
	// user has signed in before. ErrNotFound if there is no such user.
	AddSignIn(ctx context.Context, userID string, in SignIn, notice *Letter) error

	// SignIns are the sign-ins and the failures of a user, the last one first.
	SignIns(ctx context.Context, userID string) ([]SignIn, error)
}

const (
	// KeptSignIns is how many sign-ins of a user are kept, and how many failures: a stranger
	// who tries a thousand times pushes no sign-in out.
	KeptSignIns = 20
	// FoldFailures is how long the failures from one address count as one.
	FoldFailures = time.Hour
)

// SignIn is one time that somebody has signed in to an account, or has tried to.
type SignIn struct {
	At        time.Time
	Failed    bool
	Times     int         // how often; 1 for a sign-in
	Method    auth.Method // "" for a failure
	IP        string      // "" = unknown
	UserAgent string      // "" = not sent
	Known     bool        // from a browser that had signed in to this account before
}

// mostFailures is how many wait to be written; beyond, they are in the log alone.
const mostFailures = 256

// failure is a wrong password for an account.
type failure struct {
	userID string
	in     SignIn
}
