package kit

import (
	"net/http"
	"sync"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// mostCounted is how many users or sessions a limiter counts at once, at about 100
// bytes each.
const mostCounted = 10_000

// limiter counts what each of many has done lately, on this instance: a bucket of
// tokens for each.
type limiter struct {
	burst    time.Duration // how many at once, in intervals
	interval time.Duration // between two afterwards

	mu   sync.Mutex
	full map[string]time.Time // by id: when the bucket is full again; gone = it is
}

func newLimiter(burst int, interval time.Duration) *limiter {
	return &limiter{burst: time.Duration(burst) * interval, interval: interval, full: map[string]time.Time{}}
}

// take takes a token, or says how long there is none.
func (l *limiter) take(id string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.full[id]
	if full.Before(now) {
		full = now
	}
	if wait = full.Add(l.interval).Sub(now) - l.burst; wait > 0 {
		return wait
	}
	if len(l.full) >= mostCounted {
		l.makeRoom(now)
	}
	l.full[id] = full.Add(l.interval)
	return 0
}

// makeRoom forgets those whose buckets are full, or else anybody: it is kinder to
// count too little than to refuse one because of others.
func (l *limiter) makeRoom(now time.Time) {
	for id, full := range l.full {
		if full.Before(now) {
			delete(l.full, id)
		}
	}
	for id := range l.full {
		if len(l.full) < mostCounted {
			return
		}
		delete(l.full, id)
	}
}

// limit is what refuses a request that came too soon; nil = it did not.
func (l *limiter) limit(id string, now time.Time) error {
	wait := l.take(id, now)
	if wait <= 0 {
		return nil
	}
	return &Error{Status: http.StatusTooManyRequests, RetryAfter: RetryAfter(wait)}
}

// LimitWrites answers 429 to a signed-in user who changes more than anyone would
// by hand. RequireUser includes it.
func (k *Kit) LimitWrites(next http.Handler) http.Handler {
	return k.gate(next, func(r *http.Request) error {
		user := authhttp.FromContext(r.Context()).Session.User
		if user.ID != "" && !isSafe(r.Method) {
			if err := k.writes.limit(user.ID, k.Auth.Now()); err != nil {
				k.record(r, auth.EventRateLimit, "of", "changes")
				return err
			}
		}
		return nil
	})
}

// LimitPolls answers 429 to a session that is asked about more often than any
// number of tabs would: a script gone wild, or an interval that is none.
func (k *Kit) LimitPolls(next http.Handler) http.Handler {
	return k.gate(next, func(r *http.Request) error {
		if session := authhttp.FromContext(r.Context()).Session; session.ID != "" {
			if err := k.polls.limit(session.ID, k.Auth.Now()); err != nil {
				k.record(r, auth.EventRateLimit, "of", "polls")
				return err
			}
		}
		return nil
	})
}
