package accountstest

import (
	"context"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

// Backend is a store under test: accounts, sessions and mail in one database.
type Backend interface {
	auth.Store
	auth.Everybody
	accounts.Store
	accounts.Tokens
	accounts.History
	mail.Store
}

// fixture is the engine's, with the accounts beside the sessions.
type fixture struct {
	authtest.Fixture
	accounts accounts.Store
}

// WithHash makes an authtest.Backend of a store: users are added with the
// password hash "hash of " and their id.
type WithHash struct{ Backend }

// AddUser implements authtest.Backend.
func (b WithHash) AddUser(ctx context.Context, u auth.User) error {
	return b.CreateUser(ctx, u, "hash of "+u.ID)
}
