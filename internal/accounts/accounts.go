// Package accounts is who the users are: signing up, passwords, what users may
// change of themselves. It knows no HTML, no SQL and no router; what a session
// is, it leaves to package auth.
package accounts

import (
	"cmp"
	"log/slog"

	"latchkey/internal/auth"
	"latchkey/internal/ratelimit"
)

// Config is what a Service is made of.
type Config struct {
	Sessions          *auth.Service
	Store             Store
	Tokens            Tokens
	History           History            // of sign-ins; nil = none is kept
	Limits            *ratelimit.Service // of tries; nil = they are not counted
	Mail              Mailer
	BaseURL           string       // the site's origin, which links in mails begin with
	RequireVerified   bool         // nobody signs in by password before they have proved their address
	SiteName          string       // in mails, and refused as a password; "" = none
	PasswordMinLength int          // in characters
	Refused           []KnownLogin // never let in, whatever the store says; nil = none
	Hash              HashParams   // zero = OWASPHash
	Events            auth.Events  // takes note of security events; nil = auth.LogEvents(Log)
	Log               *slog.Logger // nil = slog.Default()
}

// A KnownLogin is an address and a password that anyone can read, such as the
// demo user's in the source of this program.
type KnownLogin struct {
	Email    string // canonical
	Password string
}

// Service signs up, checks passwords and changes accounts. It is safe for
// concurrent use.
type Service struct {
	cfg      Config
	hasher   *Hasher
	failures chan failure // that wait to be written
}

// New returns a Service.
func New(cfg Config) *Service {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Events == nil {
		cfg.Events = auth.LogEvents(cfg.Log)
	}
	return &Service{cfg: cfg, hasher: NewHasher(cmp.Or(cfg.Hash, OWASPHash), cfg.Log), failures: make(chan failure, mostFailures)}
}

// RequiresVerified reports whether an address must be proved before its user signs in.
func (s *Service) RequiresVerified() bool { return s.cfg.RequireVerified }
