package accounts_test

import (
	"errors"
	"testing"

	"latchkey/internal/accounts"
)

// Whatever is in the table: the hash matches, the account is open.
func TestAKnownLoginIsRefused(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		known := accounts.KnownLogin{Email: "ada@example.com", Password: password}
		w.login(w.users) // lets Ada in
		w.cfg.Refused = []accounts.KnownLogin{known}
		users := accounts.New(w.cfg)
		for _, email := range []string{known.Email, "ADA@Example.com", " ada@example.com"} {
			if _, err := users.Login(t.Context(), accounts.Credentials{Email: email, Password: password}); err != accounts.ErrCredentials {
				t.Errorf("Login(%q) with a known password = %v, want the bare ErrCredentials", email, err)
			}
		}
		_, err := users.Register(t.Context(), accounts.Registration{Email: "bob@example.com", Password: password})
		if invalid, ok := errors.AsType[accounts.Invalid](err); !ok || invalid["password"] == "" {
			t.Errorf("Register with a known password = %v, want the password refused", err)
		}
		if _, err := users.Login(t.Context(), accounts.Credentials{Email: "bob@example.com", Password: password}); err != accounts.ErrCredentials {
			t.Errorf("Login of nobody = %v, want ErrCredentials", err)
		}
		w.cfg.Refused = []accounts.KnownLogin{{Email: "demo@example.com", Password: "try the demo key"}}
		w.login(accounts.New(w.cfg)) // another's is no reason to refuse Ada
	})
}
