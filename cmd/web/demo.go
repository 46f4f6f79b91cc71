package main

import (
	"context"

	"latchkey/internal/accounts"
	"latchkey/internal/views"
)

// demo is the account that a first start shows on its sign-in page. It is there
// in development alone, in the built-in SQLite file and on this machine alone
// (config.demo): its password stands here for anyone to read.
var demo = views.Demo{Email: "demo@example.com", Password: "try the demo key"}

// refused are the sign-ins that are turned away although the table may have
// them: the demo user's, wherever there is to be none.
func refused(cfg config) []accounts.KnownLogin {
	if cfg.demo {
		return nil
	}
	return []accounts.KnownLogin{{Email: demo.Email, Password: demo.Password}}
}

// prepareDemo makes the demo user where there is to be one, and leaves every
// other database of development as it is. Production closes the account, which
// also ends its sessions, should a database have come from development.
func prepareDemo(ctx context.Context, cfg config, users *accounts.Service) error {
	switch {
	case cfg.production:
		return users.Disable(ctx, demo.Email)
	case cfg.demo:
		return users.Seed(ctx, accounts.Registration{Name: "Demo", Email: demo.Email, Password: demo.Password})
	}
	return nil
}
