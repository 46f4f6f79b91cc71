package auth_test

import (
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// A hit's own work, without a request around it.
func BenchmarkAuthenticate(b *testing.B) {
	for _, strategy := range authtest.Strategies {
		b.Run(strategy, func(b *testing.B) {
			service, cookie := authtest.Benched(b, strategy)
			b.ReportAllocs()
			for b.Loop() {
				if r := service.Authenticate(b.Context(), cookie, auth.Mode{Renew: true}); r.State != auth.StateOK || r.Session.User.ID != "ada" {
					b.Fatalf("Authenticate = %+v", r)
				}
			}
		})
	}
}
