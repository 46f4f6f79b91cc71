package accountstest_test

import (
	"testing"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth/authtest"
)

func TestStore(t *testing.T) {
	accountstest.Run(t, func(*testing.T) accountstest.Backend { return accountstest.NewStore() })
}

func TestStoreOfTheEngine(t *testing.T) {
	authtest.Run(t, func(*testing.T) authtest.Backend { return accountstest.WithHash{Backend: accountstest.NewStore()} })
}

func TestTokens(t *testing.T) {
	accountstest.RunTokens(t, func(*testing.T) (accountstest.Backend, func(string) int) {
		s := accountstest.NewStore()
		return s, func(to string) (n int) {
			for _, m := range s.Mail {
				if m.To == to {
					n++
				}
			}
			return n
		}
	})
}
