package authtest

import (
	"testing"

	"latchkey/internal/auth"
)

// Benched returns a service for a benchmark, and the cookie of a session of Ada's in it.
func Benched(b *testing.B, strategy string) (*auth.Service, string) {
	b.Helper()
	w := &World{now: Noon, Users: NewStore()}
	w.Store = &Spy{Store: w.Users}
	w.Cfg = w.config(strategy)
	u := auth.User{ID: "ada", Email: "ada@example.com", Name: "Ada", CreatedAt: w.now, UpdatedAt: w.now}
	if err := w.Users.AddUser(b.Context(), u); err != nil {
		b.Fatal(err)
	}
	service, err := auth.New(w.Cfg)
	if err != nil {
		b.Fatal(err)
	}
	if err := service.Sync(b.Context()); err != nil {
		b.Fatal(err)
	}
	issued, err := service.Begin(b.Context(), Ada)
	if err != nil {
		b.Fatal(err)
	}
	return service, issued.Cookie
}
