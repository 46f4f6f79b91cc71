package auth_test

import (
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestStatsCountWhatHappens(t *testing.T) {
	for _, strategy := range authtest.Strategies {
		t.Run(strategy, func(t *testing.T) {
			w := authtest.NewWorld(t, strategy)
			service, other := w.Instance(), w.Instance()
			issued := w.Login(service)
			ask := func(service *auth.Service) auth.Result {
				return service.Authenticate(t.Context(), issued.Cookie, auth.Mode{Renew: true})
			}
			for range 3 {
				if r := ask(other); r.State != auth.StateOK {
					t.Fatalf("Authenticate = %+v", r)
				}
			}
			st := other.Stats() // which did not see the sign-in; its own instance remembers that
			if st.Hits != 2 || st.Misses != 1 || st.Remembered != 1 || st.RememberedBytes < 1000 || st.Renewals != 0 {
				t.Errorf("after three requests with one cookie Stats = %+v, want two hits, a miss and a cookie remembered", st)
			}
			w.Wait(6 * time.Minute)
			ask(other)
			if _, err := other.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonAdmin); err != nil {
				t.Fatal(err)
			}
			if st = other.Stats(); st.Renewals != 1 || st.Endings != 1 || st.EndingsAge > time.Minute {
				t.Errorf("after a renewal and an ending Stats = %+v, want one of each", st)
			}
		})
	}
}
