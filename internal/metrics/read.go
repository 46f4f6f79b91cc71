package metrics

import (
	"runtime"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
)

// Read has every look at the metrics read what the services count themselves. Call it
// before Run.
func (s *Service) Read(sessions *auth.Service, users *accounts.Service) {
	if s == nil {
		return
	}
	s.read = func() {
		s.readSessions(sessions.Stats())
		s.readHashing(users.Hashing())
		s.total("latchkey_database_round_trips_total", uint64(dbtrace.Total()))
		s.gauge("latchkey_goroutines", float64(runtime.NumGoroutine()))
	}
}

func (s *Service) readSessions(st auth.Stats) {
	s.total("latchkey_sessions_renewed_total", st.Renewals)
	s.gauge("latchkey_endings", float64(st.Endings))
	s.gauge("latchkey_endings_age_seconds", st.EndingsAge.Seconds())
	s.total("latchkey_cache_hits_total", st.Hits)
	s.total("latchkey_cache_misses_total", st.Misses)
	s.gauge("latchkey_cache_entries", float64(st.Remembered))
	s.gauge("latchkey_cache_bytes", float64(st.RememberedBytes))
	s.gauge("latchkey_event_streams", float64(st.Watches))
}

func (s *Service) readHashing(st accounts.HashStats) {
	s.gauge("latchkey_hashes_slots", float64(st.Slots))
	s.gauge("latchkey_hashes_running", float64(st.Running))
	s.gauge("latchkey_hashes_waiting", float64(st.Waiting))
	s.total("latchkey_hashes_refused_total", st.Refused)
}

func (s *Service) gauge(name string, value float64) { s.set.GetOrCreateGauge(name, nil).Set(value) }

func (s *Service) total(name string, value uint64) { s.set.GetOrCreateCounter(name).Set(value) }
