package kit

import (
	"net/http"
	"sync"
	"time"

	"latchkey/internal/auth/authhttp"
)

// How often one user may change something, on this instance: a burst, and then
// one in each interval. A user who clicks never meets it.
const (
	writeBurst    = 60
	writeInterval = time.Second
	mostWriters   = 10_000 // users whose writes are counted at once, about 100 bytes each
)

// writes counts what each user has changed lately: a bucket of tokens for each.
type writes struct {
	mu   sync.Mutex
	full map[string]time.Time // by user id: when their bucket is full again; gone = it is
}

func newWrites() *writes { return &writes{full: map[string]time.Time{}} }

// take takes a token of a user's, or says how long there is none.
func (l *writes) take(userID string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.full[userID]
	if full.Before(now) {
		full = now
	}
	if wait = full.Add(writeInterval).Sub(now) - writeBurst*writeInterval; wait > 0 {
		return wait
	}
	if len(l.full) >= mostWriters {
		l.makeRoom(now)
	}
	l.full[userID] = full.Add(writeInterval)
	return 0
}

// makeRoom forgets the users whose buckets are full, or else any user: it is kinder
// to count too little than to refuse a user because of others.
func (l *writes) makeRoom(now time.Time) {
	for id, full := range l.full {
		if full.Before(now) {
			delete(l.full, id)
		}
	}
	for id := range l.full {
		if len(l.full) < mostWriters {
			return
		}
		delete(l.full, id)
	}
}

// LimitWrites answers 429 to a signed-in user who changes more than anyone would
// by hand. RequireUser includes it.
func (k *Kit) LimitWrites(next http.Handler) http.Handler {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		user := authhttp.FromContext(r.Context()).Session.User
		if user.ID != "" && !isSafe(r.Method) {
			if wait := k.writes.take(user.ID, k.Auth.Now()); wait > 0 {
				seconds := int((wait + time.Second - 1) / time.Second)
				return &Error{Status: http.StatusTooManyRequests, RetryAfter: seconds}
			}
		}
		next.ServeHTTP(w, r)
		return nil
	})
}
