package mail

import (
	"context"
	"errors"
	"time"
)

const (
	keepFor         = 7 * 24 * time.Hour // mail that is only shown; longer than any mail waits
	keepMost        = 1000               // of such mails
	collectInterval = 10 * time.Minute
	collectTimeout  = 30 * time.Second
)

// Shown is a mail as development's mailbox has it.
type Shown struct {
	ID string
	At time.Time
	Message
}

// List returns mails, newest first, to one address or, for "", to all.
func (s *Service) List(ctx context.Context, to string, limit, offset int) ([]Shown, error) {
	queued, err := s.cfg.Store.ListMail(ctx, to, limit, offset)
	if err != nil {
		return nil, err
	}
	shown := []Shown{}
	for _, q := range queued {
		shown = append(shown, s.show(q))
	}
	return shown, nil
}

// ErrNoMail is the id of a mail that is not there.
var ErrNoMail = errors.New("no such mail")

// Find returns one mail.
func (s *Service) Find(ctx context.Context, id string) (Shown, error) {
	q, ok, err := s.cfg.Store.FindMail(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	if !ok {
		return Shown{}, ErrNoMail
	}
	return s.show(q), nil
}

// show says what it can of a mail whose secret has been changed.
func (s *Service) show(q Queued) Shown {
	msg, err := s.Open(q)
	if err != nil {
		msg = Message{To: q.To, Subject: "(cannot be read)", Text: "AUTH_SECRET has been changed since this mail was written."}
	}
	return Shown{q.ID, q.At, msg}
}

// upkeep deletes what the mailbox has kept for long enough, until ctx ends.
func (s *Service) upkeep(ctx context.Context) {
	for ctx.Err() == nil {
		bounded, cancel := context.WithTimeout(ctx, collectTimeout)
		_, err := s.cfg.Store.CollectMail(bounded, s.now().Add(-keepFor), keepMost)
		cancel()
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "removing old mail failed; the next round tries again", "error", err)
		}
		wait(ctx, jitter(collectInterval), nil)
	}
}
