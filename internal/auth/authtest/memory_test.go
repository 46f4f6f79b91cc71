package authtest_test

import (
	"testing"

	"latchkey/internal/auth/authtest"
)

func TestStore(t *testing.T) {
	authtest.Run(t, func(*testing.T) authtest.Backend { return authtest.NewStore() })
}
