package accountstest

import (
	"context"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

// Backend is a store under test: accounts and sessions in one database.
type Backend interface {
	auth.Store
	accounts.Store
	accounts.Tokens
}

// fixture is the engine's, with the accounts beside the sessions.
type fixture struct {
	authtest.Fixture
	accounts accounts.Store
	tokens   accounts.Tokens
	backend  Backend
}

// mail is one that waits in the outbox.
func (f *fixture) mail(to string) mail.Queued {
	return mail.Queued{ID: f.Unique("mail"), To: to, Sealed: "sealed", At: authtest.Noon, NextTry: authtest.Noon}
}

// wantMails checks how many mails to an address the outbox has.
func (f *fixture) wantMails(to string, want int) {
	f.Helper()
	if s, ok := f.backend.(*Store); ok {
		got := 0
		for _, m := range s.Mail {
			if m.To == to {
				got++
			}
		}
		f.WantEqual("mails to "+to, got, want)
	}
}

// WithHash makes an authtest.Backend of a store: users are added with the
// password hash "hash of " and their id.
type WithHash struct{ Backend }

// AddUser implements authtest.Backend.
func (b WithHash) AddUser(ctx context.Context, u auth.User) error {
	return b.CreateUser(ctx, u, "hash of "+u.ID)
}
