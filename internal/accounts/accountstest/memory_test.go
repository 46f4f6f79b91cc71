package accountstest_test

import (
	"testing"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail/mailtest"
)

func TestStore(t *testing.T) {
	accountstest.Run(t, func(*testing.T) accountstest.Backend { return accountstest.NewStore() })
}

func TestStoreOfTheEngine(t *testing.T) {
	authtest.Run(t, func(*testing.T) authtest.Backend { return accountstest.WithHash{Backend: accountstest.NewStore()} })
}

func TestTokens(t *testing.T) {
	accountstest.RunTokens(t, func(*testing.T) accountstest.Backend { return accountstest.NewStore() })
}

func TestHistory(t *testing.T) {
	accountstest.RunHistory(t, func(*testing.T) accountstest.Backend { return accountstest.NewStore() })
}

func TestMailInMemory(t *testing.T) {
	mailtest.Run(t, func(*testing.T) mailtest.Two {
		s := accountstest.NewStore()
		return mailtest.Two{s, s}
	})
}
