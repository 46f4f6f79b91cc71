package authtest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func endingAnyTakesAll(t *testing.T, f *Fixture) { // RV-2
	a, b := f.User(), f.User()
	now := At(time.Minute)
	var want []string
	for i := range 3 {
		want = append(want, f.Login(a, At(time.Duration(i))).ID, f.Login(b, At(time.Duration(i))).ID)
	}
	over := f.Login(a, Noon)
	_, err := f.Store.End(t.Context(), auth.Selector{UserID: a.ID, SessionID: over.ID}, auth.ReasonSignedOut, At(time.Second))
	f.Ok(err)

	var got []string
	for _, step := range []struct {
		ended int
		more  bool
	}{{4, true}, {2, false}, {0, false}} {
		changes, more, err := f.Store.EndAny(t.Context(), 4, auth.ReasonAdmin, now)
		f.Ok(err)
		if len(changes) != step.ended || more != step.more {
			t.Errorf("EndAny(4) = %d changes, more %t, want %d, %t", len(changes), more, step.ended, step.more)
		}
		for _, c := range changes {
			got = append(got, c.SessionID)
			f.WantEqual("a change of EndAny", c, auth.Change{SessionID: c.SessionID, At: now, Ended: auth.ReasonAdmin})
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	f.WantEqual("the sessions that EndAny has ended", got, want)
	f.WantLive(a, now)
	f.WantLive(b, now)
	f.WantEqual("the reason of one that had ended before", f.Find(over.ID).EndReason, auth.ReasonSignedOut)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = f.Store.EndAny(ctx, 4, auth.ReasonAdmin, now)
	f.WantError("EndAny of a caller who has gone", err, context.Canceled)
}

// endingAnyRaces ends everybody's sessions from two sides, while users sign in and out.
func endingAnyRaces(t *testing.T, f *Fixture) {
	const users, logins = 6, 8
	var all []auth.User
	for range users {
		all = append(all, f.User())
	}
	ids := make([][]auth.Session, users)
	for i, u := range all {
		for n := range logins {
			ids[i] = append(ids[i], f.Fresh(u, At(time.Duration(n)*time.Millisecond)))
		}
	}
	var busy, ending sync.WaitGroup
	for i, u := range all {
		busy.Go(func() {
			for n, s := range ids[i] {
				var end []auth.Ending
				if n > 1 {
					end = []auth.Ending{{SessionID: ids[i][n-1].ID, Reason: auth.ReasonLimit}, {SessionID: ids[i][n-2].ID, Reason: auth.ReasonLimit}}
				}
				if _, err := f.Store.Begin(t.Context(), u.ID, s.CreatedAt, planOf(auth.Plan{New: s, End: end})); err != nil {
					t.Errorf("Begin while everybody's sessions end = %v", err)
				}
			}
		})
	}
	for range 2 {
		ending.Go(func() {
			for range 20 {
				if _, _, err := f.Store.EndAny(t.Context(), 3, auth.ReasonAdmin, At(time.Minute)); err != nil {
					t.Errorf("EndAny while users sign in = %v", err)
				}
			}
		})
	}
	busy.Wait()
	ending.Wait()
	for more := true; more; {
		var err error
		_, more, err = f.Store.EndAny(t.Context(), 3, auth.ReasonAdmin, At(time.Minute))
		f.Ok(err)
	}
	for _, u := range all {
		f.WantLive(u, At(time.Minute))
	}
}
