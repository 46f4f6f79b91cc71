package mail

import (
	"context"
	"time"
)

// Outbox keeps mail that waits. What a mail tells of is written by a store of its own,
// in whose transaction the mail is put here. mailtest.Run checks what is said here.
// Times have millisecond precision and come from the caller. What a method acknowledges
// is durable. Errors wrap auth.ErrUnavailable where the database could not be asked.
type Outbox interface {
	// EnqueueMail puts mail here that tells of nothing else, all or none of it.
	EnqueueMail(ctx context.Context, mails ...Queued) error

	// ClaimMail hands out mail whose time has come, the one that waits longest first, and
	// puts its next try off until lease: of several instances that ask at the same time
	// one gets it. If that instance dies, the mail comes again after the lease.
	ClaimMail(ctx context.Context, now, lease time.Time, most int) ([]Queued, error)

	// MailSent deletes a mail, or only keeps it from being sent again. One that is gone is
	// no error.
	MailSent(ctx context.Context, id string, keep bool) error

	// MailFailed counts a failed try and sets the time of the next.
	MailFailed(ctx context.Context, id string, next time.Time) error

	// ListMail returns the latest mail first, to one address or to all (to is ""), limit at
	// most.
	ListMail(ctx context.Context, to string, limit int) ([]Queued, error)

	// CollectMail deletes mail that was put here before the given time, sent or not.
	CollectMail(ctx context.Context, before time.Time) (int, error)
}
