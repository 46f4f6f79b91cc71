package mail

import (
	"context"
	"errors"
	"time"
)

// Store is the outbox. mailtest.Run checks what is said here. An error is that of the
// database, and a cancelled call fails and does nothing. Times are kept to the
// millisecond. Mail that belongs to another change is written by that change's store.
type Store interface {
	// AddMail writes a mail.
	AddMail(ctx context.Context, q Queued) error

	// ClaimMail takes up to limit mails whose NextTry has come, those that have waited
	// longest first, and sets their NextTry to until, by one statement: two instances
	// that claim at once get different mails and do not wait for each other. What an
	// instance claims and then dies with is claimed again after until.
	ClaimMail(ctx context.Context, now, until time.Time, limit int) ([]Queued, error)

	// MailDone is the end of a mail: its row goes or, to keep it, is never claimed again.
	// A mail that is gone already is no error.
	MailDone(ctx context.Context, id string, keep bool) error

	// RetryMail sets the NextTry and Tries of a claimed mail, unless its NextTry is no
	// longer that of the claim: then another instance has it.
	RetryMail(ctx context.Context, claimed Queued, next time.Time, tries int) error

	// ListMail returns mails, newest first, to one recipient or, for "", to all.
	ListMail(ctx context.Context, to string, limit, offset int) ([]Queued, error)

	// FindMail returns one mail; ok is false if there is none.
	FindMail(ctx context.Context, id string) (q Queued, ok bool, err error)

	// CollectMail deletes the mails that were made before the given time and, of those
	// that are only shown, all but the newest keep.
	CollectMail(ctx context.Context, before time.Time, keep int) (int, error)
}

// Sender hands one mail over to a server that takes it from there.
type Sender interface {
	// Send returns nil once the server has taken the mail. An error that is no *Failure
	// is the server's, or its network's, and says nothing of this mail.
	Send(ctx context.Context, q Queued, msg Message) error
}

// Failure is a refusal of one mail.
type Failure struct {
	Permanent bool // trying again is of no use, such as for an address that does not exist
	Err       error
}

func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap makes the cause known to errors.Is.
func (f *Failure) Unwrap() error { return f.Err }

// isPermanent reports a refusal that another try would meet again; isFailure one of this
// mail alone.
func isPermanent(err error) bool {
	failure, ok := errors.AsType[*Failure](err)
	return ok && failure.Permanent
}

func isFailure(err error) bool {
	_, ok := errors.AsType[*Failure](err)
	return ok
}
