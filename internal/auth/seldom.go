package auth

import (
	"sync"
	"time"
)

// seldom lets an event of a session through once in a while. A tab that polls with a dead
// cookie, or a script that does not care, would fill the log.
type seldom struct {
	gap time.Duration

	mu   sync.Mutex
	last map[string]time.Time // by session and event
}

const (
	seldomGap  = time.Minute
	seldomMost = 10_000 // at about 100 bytes each
)

func newSeldom() *seldom { return &seldom{gap: seldomGap, last: map[string]time.Time{}} }

// due reports whether the event is to be told again, and takes note that it is.
func (s *seldom) due(event string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.last[event]
	if known && now.Sub(last) < s.gap && !now.Before(last) {
		return false
	}
	if !known && len(s.last) >= seldomMost {
		s.makeRoom(now)
	}
	s.last[event] = now
	return true
}

// makeRoom forgets what may be told again anyway, or else one of the others: a line too
// many is better than one too few.
func (s *seldom) makeRoom(now time.Time) {
	for event, last := range s.last {
		if now.Sub(last) >= s.gap {
			delete(s.last, event)
		}
	}
	for event := range s.last {
		if len(s.last) < seldomMost {
			return
		}
		delete(s.last, event)
	}
}
