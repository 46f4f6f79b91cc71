package mail

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	lookInterval = 2 * time.Second // between two looks into the outbox, without a hint
	batch        = 8               // mails claimed at once
	parallel     = 4               // of them sent at the same time
	// lease is in which a claimed batch is sent or let go, clocks 15 s apart included. What
	// an instance dies with is sent by another after it.
	lease       = 2 * time.Minute
	remindAfter = 5 * time.Minute // the log of an outage that lasts
)

// Run sends what waits in the outbox, until ctx ends. Any number of instances may do so
// at once: a mail is claimed by one of them, and sent once. Only if that one dies between
// the mail server's yes and the note of it, or cannot note it within the lease, is the
// mail sent again, under the same Message-ID.
func (s *Service) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { s.upkeep(ctx) })
	if s.cfg.Sender == nil {
		return
	}
	var o outage
	for {
		claimed, err := s.round(ctx)
		if ctx.Err() != nil { // whatever failed, failed because this instance stops
			return
		}
		s.report(ctx, &o, claimed, err)
		switch {
		case err != nil: // a hint is no reason to knock harder
			wait(ctx, jitter(backOff(time.Second, o.rounds-1, outagePause)), nil)
		case claimed < batch:
			wait(ctx, jitter(lookInterval), s.news)
		}
	}
}

// outage is for how long nothing has gone out.
type outage struct {
	rounds int       // in a row that failed
	said   time.Time // when the log was told last; zero = not
}

// report says that mail waits, now and then, and when it goes again.
func (s *Service) report(ctx context.Context, o *outage, claimed int, err error) {
	switch {
	case err != nil:
		o.rounds++
		if now := s.now(); now.Sub(o.said) >= remindAfter {
			o.said = now
			s.cfg.Log.WarnContext(ctx, "mail waits in the outbox and is tried again", "error", err)
		}
	case claimed > 0:
		if !o.said.IsZero() {
			s.cfg.Log.InfoContext(ctx, "mail goes out again")
		}
		*o = outage{}
	default: // the database answers; whether the mail server does is not known
		o.rounds = 0
	}
}

// round sends a batch, and returns how many mails that was. An error means that the
// database or the mail server is away: nothing went out.
func (s *Service) round(ctx context.Context) (int, error) {
	now := s.now()
	claiming, cancel := context.WithTimeout(ctx, noteTimeout) // a database that says nothing is away
	defer cancel()
	claimed, err := s.cfg.Store.ClaimMail(claiming, now, now.Add(lease), batch)
	if err != nil {
		return 0, err
	}
	var sending sync.WaitGroup
	var reached atomic.Bool // whether there is a server that answers
	outage := make(chan error, len(claimed))
	turns := make(chan struct{}, parallel)
	for _, q := range claimed {
		turns <- struct{}{}
		sending.Go(func() {
			defer func() { <-turns }()
			if err := s.deliver(ctx, q); err != nil {
				outage <- err
			} else {
				reached.Store(true)
			}
		})
	}
	sending.Wait()
	if len(outage) > 0 && !reached.Load() {
		return len(claimed), <-outage
	}
	return len(claimed), nil
}
