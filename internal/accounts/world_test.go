package accounts_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"latchkey/internal/accounts"
	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

const password = "seven quiet ships at noon"

// mailer keeps what is to be mailed.
type mailer struct {
	mu   sync.Mutex
	sent []letter
}

type letter struct {
	to string
	accounts.Words
}

// Queue implements accounts.Mailer.
func (m *mailer) Queue(to string, words accounts.Words) (mail.Queued, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, letter{to, words})
	return mail.Queued{ID: fmt.Sprint("mail ", len(m.sent)), To: to, Sealed: "sealed"}, nil
}

// last is the mail that was made last, and the secret of its link; "" = it has none.
func (w *world) last(subject string) (letter, string) {
	w.Helper()
	w.mail.mu.Lock()
	defer w.mail.mu.Unlock()
	l := w.mail.sent[len(w.mail.sent)-1]
	if l.Subject != subject {
		w.Fatalf("the last mail is %q, want %q", l.Subject, subject)
	}
	_, secret, _ := strings.Cut(l.Link, "?token=")
	return l, secret
}

// secretOf is the secret of the last link with this subject that went to an address.
func (w *world) secretOf(to, subject string) (secret string) {
	w.Helper()
	w.mail.mu.Lock()
	defer w.mail.mu.Unlock()
	for _, l := range w.mail.sent {
		if l.to == to && l.Subject == subject {
			_, secret, _ = strings.Cut(l.Link, "?token=")
		}
	}
	if secret == "" {
		w.Fatalf("no mail to %s has the subject %q", to, subject)
	}
	return secret
}

// world is the engine's, with accounts on the same store. Ada has a password.
type world struct {
	*authtest.World
	store *accountstest.Store
	cfg   accounts.Config
	mail  *mailer
	users *accounts.Service
}

func both(t *testing.T, f func(t *testing.T, w *world)) {
	for _, strategy := range authtest.Strategies {
		t.Run(strategy, func(t *testing.T) { f(t, newWorld(t, strategy)) })
	}
}

func newWorld(t *testing.T, strategy string) *world {
	t.Helper()
	store := accountstest.NewStore()
	w := &world{World: authtest.NewWorldOn(t, strategy, store.Store), store: store, mail: &mailer{}}
	w.cfg = accounts.Config{
		Sessions: w.A, Store: store, Tokens: store, Mail: w.mail, BaseURL: "https://app.example", SiteName: "Latchkey", PasswordMinLength: 15,
		Hash: accounts.HashParams{MemoryKiB: 8, Passes: 1, Lanes: 1}, Log: w.Cfg.Log,
	}
	w.users = accounts.New(w.cfg)
	if _, err := w.users.Register(t.Context(), accounts.Registration{Name: "Ada", Email: "ada@example.com", Password: password}); err != nil {
		t.Fatal(err)
	}
	return w
}

// login signs Ada in with their password.
func (w *world) login(s *accounts.Service) auth.Issued {
	w.Helper()
	issued, err := s.Login(w.Context(), accounts.Credentials{Email: "ada@example.com", Password: password})
	if err != nil {
		w.Fatalf("Login = %v, want a session", err)
	}
	return issued
}
