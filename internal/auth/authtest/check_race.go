package authtest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// race is many browsers that sign in to few accounts at once, while others
// renew, sign out and clean up, and someone counts.
type race struct {
	*Fixture
	users  []auth.User
	tick   atomic.Int64 // milliseconds since Noon
	serial atomic.Int64
	begun  atomic.Int64
	ended  atomic.Int64 // as reported, by logins and sign-outs
}

const (
	raceLimit   = 3
	raceWorkers = 48
	raceLogins  = 3 // of each worker
)

func loginsRace(t *testing.T, f *Fixture) {
	r := &race{Fixture: f, users: []auth.User{f.User(), f.User(), f.User(), f.User()}}
	var workers, watchers sync.WaitGroup
	ctx, done := context.WithCancel(t.Context())
	watchers.Go(func() { r.count(ctx) })
	for w := range raceWorkers {
		workers.Go(func() { r.work(w) })
	}
	workers.Wait()
	done()
	watchers.Wait()

	left := 0
	for _, u := range r.users {
		live := f.Live(u, r.now())
		left += len(live)
		if len(live) > raceLimit {
			t.Errorf("%d sessions of %s are live after the race, want at most %d", len(live), u.ID, raceLimit)
		}
	}
	// Each session is either live or was reported as ended, exactly once.
	f.WantEqual("sessions begun, less those reported as ended", r.begun.Load()-r.ended.Load(), int64(left))
}

// now is later every time.
func (r *race) now() time.Time { return At(time.Duration(r.tick.Add(1)) * time.Millisecond) }

// work is one worker: it logs in, renews what it got, sometimes signs out, and
// sometimes cleans up.
func (r *race) work(w int) {
	u := r.users[w%len(r.users)]
	for i := range raceLogins {
		s := r.fresh(u)
		changes, err := r.Store.Begin(r.Context(), u.ID, s.CreatedAt, func(_ auth.User, list auth.Lister) (auth.Plan, error) {
			live, _, err := list(Everything)
			return auth.Plan{New: s, End: allBut(live, raceLimit-1)}, err
		})
		if err != nil {
			r.Errorf("login = %v, want it to wait its turn", err)
			return
		}
		r.begun.Add(1)
		r.ended.Add(int64(len(changes)))

		renewal := auth.Renewal{Now: r.now(), ExpiresAt: At(time.Hour)}
		_, err = r.Store.Renew(r.Context(), auth.Key{ID: s.ID}, renewal)
		// On a busy machine a renewal may give up: the engine then reads the session.
		if err != nil && !errors.Is(err, auth.ErrNotFound) && !errors.Is(err, auth.ErrUnavailable) {
			r.Errorf("renewal = %v, want it to succeed or find the session evicted", err)
		}
		if (w+i)%3 == 0 {
			changes, err := r.Store.End(r.Context(), auth.Selector{UserID: u.ID, SessionID: s.ID}, auth.ReasonSignedOut, r.now())
			if err != nil {
				r.Errorf("sign-out = %v", err)
			}
			r.ended.Add(int64(len(changes)))
		}
		if (w+i)%4 == 0 {
			if _, err := r.Store.Collect(r.Context(), r.now()); err != nil {
				r.Errorf("collecting = %v", err)
			}
		}
	}
}

// fresh is the fixture's, for many goroutines.
func (r *race) fresh(u auth.User) auth.Session {
	f := Fixture{made: int(r.serial.Add(1))}
	return f.Fresh(u, r.now())
}

// allBut plans to evict all but the newest n.
func allBut(live []auth.Session, n int) []auth.Ending {
	var end []auth.Ending
	for _, s := range live[min(n, len(live)):] {
		end = append(end, auth.Ending{SessionID: s.ID, Reason: auth.ReasonLimit})
	}
	return end
}

// count looks all the time: nobody must ever have more sessions than allowed.
func (r *race) count(ctx context.Context) {
	for ctx.Err() == nil {
		for _, u := range r.users {
			live, _, err := r.Store.Live(r.Context(), u.ID, Noon, Everything)
			if err != nil {
				r.Errorf("Live = %v", err)
				return
			}
			if len(live) > raceLimit {
				r.Errorf("%d sessions of %s are live at once, want at most %d", len(live), u.ID, raceLimit)
				return
			}
		}
	}
}
