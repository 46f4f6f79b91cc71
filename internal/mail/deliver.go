package mail

import (
	"context"
	"time"
)

const (
	sendTimeout = 20 * time.Second // for one mail
	stopGrace   = 5 * time.Second  // for what is on its way when this instance stops
	noteTimeout = 10 * time.Second // for the database to answer

	giveUpAfter  = 24 * time.Hour  // since a mail was queued
	firstPause   = 5 * time.Second // of a mail that the server put off; doubles
	longestPause = time.Hour       // likewise
)

// deliver sends one mail and notes what came of it. An error means that there was no
// server to send it to. The log has the mail's id, which is also in its Message-ID, and
// no address and no word of it.
func (s *Service) deliver(ctx context.Context, q Queued) error {
	if ctx.Err() != nil { // stopping: another instance sends it now
		s.retry(ctx, q, s.now(), q.Tries)
		return nil
	}
	err := s.send(ctx, q)
	switch {
	case err == nil:
		s.done(ctx, q)
	case ctx.Err() != nil && !isFailure(err): // cut off because this instance stops
		s.retry(ctx, q, s.now(), q.Tries)
		return nil
	case isPermanent(err), s.now().Sub(q.At) >= giveUpAfter:
		s.cfg.Log.ErrorContext(ctx, "a mail is given up", "mail", q.ID, "tries", q.Tries+1, "queued", q.At, "error", err)
		s.done(ctx, q)
	case isFailure(err):
		pause := jitter(backOff(firstPause, q.Tries, longestPause))
		s.cfg.Log.WarnContext(ctx, "the mail server puts a mail off; it is tried again", "mail", q.ID, "tries", q.Tries+1, "pause", pause, "error", err)
		s.retry(ctx, q, s.now().Add(pause), q.Tries+1)
	default: // an outage; but a mail that makes the server hang up must not come first for ever
		s.retry(ctx, q, s.now().Add(backOff(time.Second, q.Tries, outagePause)), q.Tries+1)
		return err
	}
	return nil
}

// send lets a mail that is on its way arrive when this instance is told to stop.
func (s *Service) send(ctx context.Context, q Queued) error {
	msg, err := s.Open(q)
	if err != nil {
		return &Failure{Permanent: true, Err: err} // the secret that sealed it is gone
	}
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { wait(sending, stopGrace, nil); cancel() })()
	return s.cfg.Sender.Send(sending, q, msg)
}

// done tries harder than once: a mail that is sent and not noted is sent again.
func (s *Service) done(ctx context.Context, q Queued) {
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	for {
		err := s.cfg.Store.MailDone(noting, q.ID, s.cfg.Keep)
		if err == nil {
			return
		}
		if wait(noting, time.Second, nil); noting.Err() != nil {
			s.cfg.Log.WarnContext(ctx, "the outbox cannot be written: a mail will be sent again", "mail", q.ID, "error", err)
			return
		}
	}
}

// retry leaves a mail that it cannot write to the end of its lease.
func (s *Service) retry(ctx context.Context, q Queued, next time.Time, tries int) {
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	if err := s.cfg.Store.RetryMail(noting, q, next, tries); err != nil {
		s.cfg.Log.WarnContext(ctx, "the outbox cannot be written: a mail is tried again after its lease", "mail", q.ID, "error", err)
	}
}
