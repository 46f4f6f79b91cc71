package kit

import (
	"context"
	"errors"
	"net/http"
	"time"
)

const (
	steadyTime = 250 * time.Millisecond // of an answer that must not tell what was done
	steadyJobs = 64                     // done at once, at most
)

var errTooManyJobs = errors.New("too many forms that send mail at this moment")

// Steadily runs a job and returns after the same time whatever it does: whether an address
// has an account must not be seen from how long the answer takes (LG-3). A slower job goes
// on behind the answer, and its failure is logged.
func (k *Kit) Steadily(r *http.Request, job func(ctx context.Context) error) error {
	select {
	case k.jobs <- struct{}{}:
	default:
		return &Error{Status: http.StatusServiceUnavailable, Err: errTooManyJobs, RetryAfter: RetryBusy}
	}
	answer := time.NewTimer(steadyTime)
	defer answer.Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), k.MaxTime)
	done := make(chan error, 1)
	k.Behind(func() {
		defer func() { <-k.jobs; cancel() }()
		done <- job(ctx)
	})
	<-answer.C
	select {
	case err := <-done:
		return err
	default:
		go k.logLate(ctx, done)
		return nil
	}
}

func (k *Kit) logLate(ctx context.Context, done <-chan error) {
	if err := <-done; err != nil {
		k.Log.ErrorContext(ctx, "a mail was asked for and is not on its way", "error", err)
	}
}

// Pad waits until an answer that began then is as late as those of Steadily: for work
// whose result the answer needs.
func (k *Kit) Pad(r *http.Request, began time.Time) {
	select {
	case <-time.After(time.Until(began.Add(steadyTime))):
	case <-r.Context().Done():
	}
}
