package lab

import (
	"context"
	"net/http"
	"sync"
	"time"

	"latchkey/internal/auth/authhttp"
)

const (
	dropFor  = 20 * time.Second
	maxDrops = 1000 // sessions that are dropped at once; more are refused in silence
)

// drops are the sessions on whose connections this process hangs up for a
// while, and the requests that are open and would have to be cut.
type drops struct {
	now func() time.Time

	mu    sync.Mutex
	until map[string]time.Time // by session id
	open  map[*http.Request]connection
}

// connection is a request under way.
type connection struct {
	sessionID string
	cancel    context.CancelFunc
}

func newDrops(now func() time.Time) *drops {
	return &drops{now: now, until: map[string]time.Time{}, open: map[*http.Request]connection{}}
}

// add drops a session's connections from now on, those that are open included.
func (d *drops) add(sessionID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for id, until := range d.until {
		if !now.Before(until) {
			delete(d.until, id)
		}
	}
	if len(d.until) >= maxDrops {
		return
	}
	d.until[sessionID] = now.Add(dropFor)
	for _, c := range d.open {
		if c.sessionID == sessionID {
			c.cancel()
		}
	}
}

// left is for how much longer a session is dropped; 0 = it is not.
func (d *drops) left(sessionID string) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(0, d.until[sessionID].Sub(d.now()))
}

// enter notes a request under way, whose context can be cut from then on.
func (d *drops) enter(r *http.Request, sessionID string) (cuttable *http.Request, leave func()) {
	ctx, cancel := context.WithCancel(r.Context())
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[r] = connection{sessionID, cancel}
	return r.WithContext(ctx), func() {
		cancel()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.open, r)
	}
}

// cut hangs up on the GETs of these paths while their session is dropped: the
// browser sees a connection that fails, not an answer.
func (d *drops) cut(paths map[string]bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessionID := authhttp.FromContext(r.Context()).Session.ID
		if r.Method != http.MethodGet || !paths[r.URL.Path] || sessionID == "" {
			next.ServeHTTP(w, r)
			return
		}
		cuttable, leave := d.enter(r, sessionID)
		defer leave()
		if d.left(sessionID) == 0 { // asked after entering, so that no drop falls in between
			next.ServeHTTP(w, cuttable)
		}
		if d.left(sessionID) > 0 {
			panic(http.ErrAbortHandler)
		}
	})
}
