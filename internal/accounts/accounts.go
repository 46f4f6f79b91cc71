// Package accounts is who the users are: signing up, passwords, what users may
// change of themselves. It knows no HTML, no SQL and no router; what a session
// is, it leaves to package auth.
package accounts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"latchkey/internal/auth"
)

// Config is what a Service is made of.
type Config struct {
	Sessions          *auth.Service
	Store             Store
	SiteName          string       // refused as a password; "" = none
	PasswordMinLength int          // in characters
	Refused           []KnownLogin // never let in, whatever the store says; nil = none
	Hash              HashParams   // zero = OWASPHash
	Events            auth.Events  // takes note of security events; nil = auth.LogEvents(Log)
	Log               *slog.Logger // nil = slog.Default()
}

// Service signs up, checks passwords and changes accounts. It is safe for
// concurrent use.
type Service struct {
	cfg    Config
	hasher *Hasher
}

// New returns a Service.
func New(cfg Config) *Service {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Events == nil {
		cfg.Events = auth.LogEvents(cfg.Log)
	}
	return &Service{cfg: cfg, hasher: NewHasher(cmp.Or(cfg.Hash, OWASPHash), cfg.Log)}
}

// What can go wrong, to be told apart with errors.Is.
var (
	// ErrEmailTaken is returned by Register when the address has an account.
	ErrEmailTaken = errors.New("an account with this email address exists")
	// ErrCredentials is returned by Login for an unknown address, a wrong
	// password and a disabled account alike (ASVS 6.3.8).
	ErrCredentials = errors.New("wrong email address or password")
	// ErrBusy means that password hashing is saturated: try again shortly.
	ErrBusy = errors.New("too many sign-ins at this moment")
)

// Invalid reports what is wrong with a form: field name to fixed text.
type Invalid map[string]string

func (e Invalid) Error() string { return fmt.Sprintf("invalid input: %v", map[string]string(e)) }

// wrap puts the operation's name in front of an error of the store.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}

func (s *Service) record(ctx context.Context, name, userID, sessionID string) {
	s.cfg.Events.Record(ctx, auth.Event{Name: name, UserID: userID, SessionID: sessionID})
}
