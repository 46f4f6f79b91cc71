package mail

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Config is what a Service is made of.
type Config struct {
	Store  Store
	Sealer Sealer           // seals what waits
	Sender Sender           // nil = mail is never sent, only shown in development's mailbox
	Keep   bool             // mail that was sent stays, for the mailbox; false = it goes
	Log    *slog.Logger     // nil = slog.Default()
	Now    func() time.Time // nil = time.Now
}

// Service makes mail ready for the outbox and sends what waits there. It is safe for
// concurrent use.
type Service struct {
	cfg  Config
	news chan struct{} // holds a value while the worker should look; see Hint
}

// New returns a Service. Call Run to have mail sent.
func New(cfg Config) *Service {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Service{cfg, make(chan struct{}, 1)}
}

// Queue makes a message ready for the outbox: a store writes it there, in the
// transaction of what it tells of. ErrAddress for a recipient that is not one plain
// address; authjs.ErrTooLarge for a mail that is too long to be sealed.
func (s *Service) Queue(msg Message) (Queued, error) {
	if !isAddress(msg.To) {
		return Queued{}, fmt.Errorf("queue mail: %w", ErrAddress)
	}
	msg.Subject = oneLine(msg.Subject)
	id := newID()
	sealed, err := seal(s.cfg.Sealer, id, msg)
	if err != nil {
		return Queued{}, fmt.Errorf("queue mail: %w", err)
	}
	q := Queued{ID: id, To: msg.To, Sealed: sealed, At: s.now()}
	if s.cfg.Sender != nil {
		q.NextTry = q.At
	}
	return q, nil
}

// Send queues a message that tells of no change in the database.
func (s *Service) Send(ctx context.Context, msg Message) error {
	q, err := s.Queue(msg)
	if err != nil {
		return err
	}
	if err := s.cfg.Store.AddMail(ctx, q); err != nil {
		return err
	}
	s.Hint()
	return nil
}

// Open reads a message out of the outbox.
func (s *Service) Open(q Queued) (Message, error) {
	msg, err := open(s.cfg.Sealer, q)
	if err != nil {
		return Message{}, fmt.Errorf("open mail %s: %w", q.ID, err)
	}
	return msg, nil
}

// Hint has this instance look into the outbox now and not at its next round. It is for
// calling after the transaction that wrote mail, and never waits.
func (s *Service) Hint() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Millisecond) }
