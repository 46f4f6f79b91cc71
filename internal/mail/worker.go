package mail

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	lookInterval = 5 * time.Second    // between two looks into the outbox, without a hint
	lease        = 2 * time.Minute    // in which a claimed batch has to be sent
	sendTimeout  = 20 * time.Second   // for one mail
	batch        = 5                  // mails claimed at once: sent one by one, within the lease
	giveUpAfter  = 24 * time.Hour     // since a mail was queued
	keepFor      = 7 * 24 * time.Hour // mail that is only shown
	keepMost     = 1000               // of such mails
	firstPause   = 30 * time.Second   // after the first failure; doubles
	longestPause = time.Hour
)

// Run sends what waits in the outbox, until ctx ends. Any number of instances may do so
// at once: a mail is sent by one of them. Only if that one dies between the mail server's
// yes and the note of it, the mail is sent again.
func (s *Service) Run(ctx context.Context) {
	collected := time.Time{}
	for ctx.Err() == nil {
		sent := s.look(ctx)
		if now := s.now(); now.Sub(collected) > time.Hour {
			collected = now
			s.collect(ctx)
		}
		if sent == batch {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-s.news:
		case <-time.After(lookInterval + rand.N(lookInterval/5)): // instances take turns
		}
	}
}

// look sends a batch and says how many mails it was.
func (s *Service) look(ctx context.Context) int {
	if s.cfg.Sender == nil {
		return 0
	}
	now := s.now()
	claimed, err := s.cfg.Store.ClaimMail(ctx, now, now.Add(lease), batch)
	if err != nil {
		if ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "the outbox cannot be read; mail waits", "error", err)
		}
		return 0
	}
	for _, q := range claimed {
		s.deliver(ctx, q)
	}
	return len(claimed)
}

// deliver sends one mail and notes what came of it. The log has its id, and no address
// and no word of it.
func (s *Service) deliver(ctx context.Context, q Queued) {
	err := s.send(ctx, q)
	if ctx.Err() != nil && err != nil {
		return // stopping: it comes again after the lease
	}
	noted := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		err = s.cfg.Store.MailDone(noted, q.ID, s.cfg.Keep)
	case isPermanent(err) || s.now().Sub(q.At) > giveUpAfter:
		s.cfg.Log.ErrorContext(ctx, "mail given up", "mail", q.ID, "tries", q.Tries+1, "error", err)
		err = s.cfg.Store.MailDone(noted, q.ID, s.cfg.Keep)
	default:
		pause := min(firstPause<<min(q.Tries, 10), longestPause)
		s.cfg.Log.WarnContext(ctx, "mail not sent; it is tried again", "mail", q.ID, "tries", q.Tries+1, "in", pause, "error", err)
		err = s.cfg.Store.RetryMail(noted, q, s.now().Add(pause), q.Tries+1)
	}
	if err != nil {
		s.cfg.Log.WarnContext(ctx, "the outbox cannot be written; the mail may be sent again", "mail", q.ID, "error", err)
	}
}

func (s *Service) send(ctx context.Context, q Queued) error {
	m, err := s.Open(q)
	if err != nil {
		return &Failure{Permanent: true, Err: err} // the secret that sealed it is gone
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return s.cfg.Sender.Send(ctx, q, m)
}

// collect deletes what development's mailbox has kept for long enough.
func (s *Service) collect(ctx context.Context) {
	if _, err := s.cfg.Store.CollectMail(ctx, s.now().Add(-keepFor), keepMost); err != nil && ctx.Err() == nil {
		s.cfg.Log.WarnContext(ctx, "old mail was not removed; the next round tries again", "error", err)
	}
}

// isPermanent reports a refusal that another try would meet again.
func isPermanent(err error) bool {
	failure, ok := errors.AsType[*Failure](err)
	return ok && failure.Permanent
}
