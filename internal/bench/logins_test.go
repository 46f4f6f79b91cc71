package bench

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// BenchmarkPasswordHash is what a sign-in costs beside what the other benchmarks measure,
// whose passwords are hashed as cheaply as can be.
func BenchmarkPasswordHash(b *testing.B) {
	hasher := accounts.NewHasher(accounts.OWASPHash, nil)
	for b.Loop() {
		if _, err := hasher.Hash(b.Context(), webtest.Password); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignIn is a sign-in by password in a browser that has no session.
func BenchmarkSignIn(b *testing.B) {
	benchmarkLogin(b, func(b *testing.B, s *site) {
		s.measure(b, s.Handler(), want{http.StatusSeeOther, ""}, func() *http.Request {
			b.StopTimer()
			defer b.StartTimer()
			s.endAll()
			return s.signInRequest()
		})
	})
}

// BenchmarkLimitEvict is a sign-in that signs out another device.
func BenchmarkLimitEvict(b *testing.B) {
	benchmarkLogin(b, func(b *testing.B, s *site) {
		for range 3 {
			s.signIn()
		}
		s.measure(b, s.Handler(), want{http.StatusSeeOther, ""}, s.signInRequest)
	})
}

// BenchmarkLimitDeny is a sign-in that is answered with the choice of a device to sign out.
func BenchmarkLimitDeny(b *testing.B) {
	benchmarkLogin(b, func(b *testing.B, s *site) {
		for range 2 {
			s.signIn()
		}
		s.Auth.Policy = auth.PolicyDeny
		s.Deploy()
		s.measure(b, s.Handler(), want{http.StatusConflict, "Sign out"}, s.signInRequest)
	})
}

// BenchmarkRenewal is a request that comes when a renewal is due: it moves the session's
// expiry and sets the cookie anew.
func BenchmarkRenewal(b *testing.B) {
	benchmarkLogin(b, func(b *testing.B, s *site) {
		var a answer
		r := s.get("/auth/session")
		s.measure(b, s.Handler(), want{http.StatusOK, email}, func() *http.Request {
			b.StopTimer()
			defer b.StartTimer()
			s.Wait(6 * time.Minute)
			return r
		})
		s.Wait(6 * time.Minute)
		if a.serve(s.Handler(), r); a.header.Get("Set-Cookie") == "" {
			b.Fatal("a renewal sets no cookie")
		}
	})
}

// BenchmarkSignOut is the end of a session.
func BenchmarkSignOut(b *testing.B) {
	benchmarkLogin(b, func(b *testing.B, s *site) {
		s.measure(b, s.Handler(), want{http.StatusSeeOther, ""}, func() *http.Request {
			b.StopTimer()
			defer b.StartTimer()
			return s.request("POST", "/signout", "x=", s.signIn())
		})
	})
}

// benchmarkLogin measures under both strategies on every database.
func benchmarkLogin(b *testing.B, f func(b *testing.B, s *site)) {
	for _, db := range databases {
		for _, strategy := range []string{"jwt", "database"} {
			b.Run(db.name+"/"+strategy, func(b *testing.B) {
				f(b, newSite(b, db.open(b), strategy, setting{cache: true, renewAfter: 5 * time.Minute}))
			})
		}
	}
}

func (s *site) signInRequest() *http.Request {
	s.Wait(time.Millisecond)
	return s.request("POST", "/signin", "email="+email+"&password="+webtest.Password, s.device())
}

// device is what the user's browser keeps when they sign out.
func (s *site) device() []*http.Cookie {
	companion := auth.CompanionName(s.Edge.Cookie.Name)
	return slices.DeleteFunc(s.ada.Client.Jar.Cookies(s.ada.Origin()), func(c *http.Cookie) bool {
		return c.Name == s.Edge.Cookie.Name || c.Name == companion
	})
}

// endAll leaves the user without a session.
func (s *site) endAll() {
	s.b.Helper()
	if _, err := s.Service.End(s.b.Context(), auth.Selector{UserID: s.session.User.ID}, auth.ReasonEverywhere); err != nil {
		s.b.Fatal(err)
	}
}

// signIn returns the cookies of a new session.
func (s *site) signIn() []*http.Cookie {
	s.b.Helper()
	var a answer
	a.serve(s.Handler(), s.signInRequest())
	set := (&http.Response{Header: a.header}).Cookies()
	if a.status != http.StatusSeeOther || len(set) < 2 {
		s.b.Fatalf("a sign-in = %d with %d cookies, want 303 with the session: %.400s", a.status, len(set), a.body)
	}
	return set
}
