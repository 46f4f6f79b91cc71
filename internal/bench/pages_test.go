package bench

import (
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/bench/control"
)

// BenchmarkHealthz is the shortest way through the site: no session is looked at.
func BenchmarkHealthz(b *testing.B) {
	s := newSite(b, databases[0].open(b), "jwt", settings[0])
	s.plain(b, "/healthz", want{http.StatusOK, `"alive"`})
}

// BenchmarkSession is what an open tab asks, once a minute.
func BenchmarkSession(b *testing.B) {
	s := newSite(b, databases[0].open(b), "jwt", settings[0])
	s.plain(b, "/auth/session", want{http.StatusOK, sessionText})
	benchmarkPage(b, "/auth/session", sessionText)
}

const sessionText = `"email":"` + email + `"`

// BenchmarkAppearance is a protected page that asks the database nothing by itself.
func BenchmarkAppearance(b *testing.B) { benchmarkPage(b, "/account/appearance", email) }

// BenchmarkDashboard is a protected page that asks the database three times by itself.
func BenchmarkDashboard(b *testing.B) { benchmarkPage(b, "/dashboard", email) }

// BenchmarkAccount is a page that has the database say who asks, each time.
func BenchmarkAccount(b *testing.B) { benchmarkPage(b, "/account", email) }

// benchmarkPage measures a page of a signed-in user on every database, by its control and
// in every setting.
func benchmarkPage(b *testing.B, path, text string) {
	w := want{http.StatusOK, text}
	for _, db := range databases {
		for _, strategy := range []string{"jwt", "database"} {
			b.Run(db.name+"/"+strategy+"/control", func(b *testing.B) {
				s := newSite(b, db.open(b), strategy, settings[0])
				s.sameAnswers(s.control(), path)
				s.measure(b, s.control(), w, s.again(path))
			})
			for _, set := range settings {
				b.Run(db.name+"/"+strategy+"/"+set.name, func(b *testing.B) {
					s := newSite(b, db.open(b), strategy, set)
					s.measure(b, s.Handler(), w, s.again(path))
				})
			}
		}
	}
}

// BenchmarkHit is what the engine does for a request whose session it remembers.
func BenchmarkHit(b *testing.B) {
	for _, strategy := range []string{"jwt", "database"} {
		b.Run(strategy, func(b *testing.B) {
			s := newSite(b, databases[0].open(b), strategy, settings[0])
			cookie := s.ada.Session()
			b.ReportAllocs()
			for b.Loop() {
				if r := s.Service.Authenticate(b.Context(), cookie, auth.Mode{}); r.State != auth.StateOK || r.Session.User.Email != email {
					b.Fatalf("the user's cookie is state %d of %q", r.State, r.Session.User.Email)
				}
			}
		})
	}
}

// plain measures the site beside a constant answer behind chi with four middlewares, and
// behind the standard library alone.
func (s *site) plain(b *testing.B, path string, w want) {
	var a answer
	a.serve(s.Handler(), s.get(path))
	constant := control.Constant(a.status, a.header.Clone(), slices.Clone(a.body))
	for _, h := range []struct {
		name    string
		handler http.Handler
	}{{"site", s.Handler()}, {"chi4", control.Chi(path, constant, slog.New(slog.DiscardHandler))}, {"nethttp", control.NetHTTP(path, constant)}} {
		b.Run(h.name, func(b *testing.B) { s.measure(b, h.handler, w, s.again(path)) })
	}
}

// again sends one request again and again, half a second apart.
func (s *site) again(path string) func() *http.Request {
	r := s.get(path)
	return func() *http.Request {
		s.Wait(time.Second / 2)
		return r
	}
}
