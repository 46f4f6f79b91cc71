package accounts_test

import (
	"testing"

	"latchkey/internal/accounts"
	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

const password = "seven quiet ships at noon"

// world is the engine's, with accounts on the same store. Ada has a password.
type world struct {
	*authtest.World
	store *accountstest.Store
	cfg   accounts.Config
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
	w := &world{World: authtest.NewWorldOn(t, strategy, store.Store), store: store}
	w.cfg = accounts.Config{
		Sessions: w.A, Store: store, Tokens: store, SiteName: "Latchkey", PasswordMinLength: 15,
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
