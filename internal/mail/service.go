package mail

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Config is what a Service is made of.
type Config struct {
	Outbox Outbox
	Sealer Sealer           // seals what waits
	Sender Sender           // nil = mail is never sent, only shown in development's mailbox
	Keep   bool             // mail that was sent stays, for the mailbox; false = it goes
	Log    *slog.Logger     // nil = slog.Default()
	Now    func() time.Time // nil = time.Now
}

// Sealer encrypts and authenticates a text; authjs.Sealer does.
type Sealer interface {
	Seal(payload []byte) (string, error)
	Open(sealed string) ([]byte, error)
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

var errLine = errors.New("a line break in a mail's subject or address")

// Queue makes a message ready for the outbox: a store writes it there, in the
// transaction of what it tells of. An error means a message that is none.
func (s *Service) Queue(m Message) (Queued, error) {
	if strings.ContainsAny(m.To+m.Subject, "\r\n") || m.To == "" {
		return Queued{}, errLine
	}
	text, err := json.Marshal(m)
	if err != nil {
		return Queued{}, fmt.Errorf("queue mail: %w", err)
	}
	sealed, err := s.cfg.Sealer.Seal(text)
	if err != nil {
		return Queued{}, fmt.Errorf("queue mail: %w", err)
	}
	now := s.now()
	q := Queued{ID: rand.Text(), To: m.To, Sealed: sealed, At: now}
	if s.cfg.Sender != nil {
		q.NextTry = now
	}
	return q, nil
}

// Open reads a message out of the outbox.
func (s *Service) Open(q Queued) (Message, error) {
	var m Message
	text, err := s.cfg.Sealer.Open(q.Sealed)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return Message{}, fmt.Errorf("open mail %s: %w", q.ID, err)
	}
	return m, nil
}

// Hint has the worker of this instance look into the outbox at once.
func (s *Service) Hint() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *Service) now() time.Time { return s.cfg.Now().UTC().Truncate(time.Millisecond) }
