package auth

import "time"

// Stats is what an instance can count of itself. Counts are since its start.
type Stats struct {
	Endings         int           // sessions remembered as ended or changed
	EndingsAge      time.Duration // since the database last told of endings; see EndingsAge
	Remembered      int           // cookies that the cache remembers
	RememberedBytes int           // about how much memory they take
	Hits, Misses    uint64        // cookies that the cache did and did not remember; both 0 = there is none
	Renewals        uint64        // sessions renewed
	Watches         int           // watches open, such as event streams
}

// Stats counts. It takes some microseconds, and holds up no request.
func (s *Service) Stats() Stats {
	st := Stats{Endings: s.EndingsSize(), EndingsAge: s.EndingsAge(), Renewals: s.renewals.Load(), Watches: s.Watches()}
	st.Remembered, st.RememberedBytes = s.cache.size()
	st.Hits, st.Misses = s.cache.asked()
	return st
}

// EndingsSize is how many sessions this instance remembers as ended or changed.
func (s *Service) EndingsSize() int { return s.endings.Size() }

// EndingsAge is how long ago the database last told this instance what has ended: two
// seconds at most while it answers, the time since the start before it ever has.
func (s *Service) EndingsAge() time.Duration { return s.endings.age() }
