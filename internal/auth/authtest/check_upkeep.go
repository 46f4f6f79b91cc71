package authtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func changesAreReported(t *testing.T, f *Fixture) {
	u := f.User()
	early, late, live := f.Login(u, Noon), f.Login(u, Noon), f.Login(u, Noon)
	for s, when := range map[string]time.Duration{early.ID: time.Minute, late.ID: 2 * time.Minute} {
		_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: s}, auth.ReasonSignedOut, At(when))
		f.Ok(err)
	}
	edited := f.User(func(u *auth.User) { u.UpdatedAt = At(3 * time.Minute) })
	before, same, after := f.Login(edited, At(time.Minute)), f.Login(edited, edited.UpdatedAt), f.Login(edited, At(4*time.Minute))

	earlyEnd, lateEnd := ended(early, At(time.Minute), auth.ReasonSignedOut), ended(late, At(2*time.Minute), auth.ReasonSignedOut)
	edit, sameEdit := auth.Change{SessionID: before.ID, At: edited.UpdatedAt}, auth.Change{SessionID: same.ID, At: edited.UpdatedAt}
	for _, c := range []struct {
		since time.Time
		want  []auth.Change
	}{
		{time.Time{}, []auth.Change{earlyEnd, lateEnd, edit, sameEdit}},
		{At(time.Minute), []auth.Change{earlyEnd, lateEnd, edit, sameEdit}},
		{At(time.Minute + time.Millisecond), []auth.Change{lateEnd, edit, sameEdit}},
		{At(3 * time.Minute), []auth.Change{edit, sameEdit}},
		{At(4 * time.Minute), nil},
	} {
		for range 2 { // asking again, or with an overlap, gives the same again
			got, err := f.Store.Changes(t.Context(), c.since)
			f.Ok(err)
			f.WantChanges("Changes("+c.since.Format(time.TimeOnly)+")", got, c.want...)
		}
	}
	f.WantLive(u, At(time.Minute), live)
	_ = after // began with the user as they are now, so it is in no answer

	_, err := f.Store.End(t.Context(), auth.Selector{UserID: edited.ID, SessionID: before.ID}, auth.ReasonLimit, At(5*time.Minute))
	f.Ok(err)
	got, err := f.Store.Changes(t.Context(), At(3*time.Minute))
	f.Ok(err)
	f.WantChanges("Changes of an ended session whose user had changed", got, ended(before, At(5*time.Minute), auth.ReasonLimit), sameEdit)
}

func collectingTakesDead(t *testing.T, f *Fixture) {
	u := f.User()
	before := At(48 * time.Hour)
	living, tombstone, grave, forgotten, edge := f.Fresh(u, Noon), f.Fresh(u, Noon), f.Fresh(u, Noon), f.Fresh(u, Noon), f.Fresh(u, Noon)
	for _, s := range []*auth.Session{&living, &tombstone, &grave} {
		s.AbsoluteExpiresAt = At(100 * time.Hour) // idle long ago, but not over
	}
	forgotten.AbsoluteExpiresAt, edge.AbsoluteExpiresAt = before.Add(-time.Millisecond), before
	for _, s := range []auth.Session{living, tombstone, grave, forgotten, edge} {
		f.Write(s)
	}
	for id, when := range map[string]time.Time{tombstone.ID: before, grave.ID: before.Add(-time.Millisecond)} {
		_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: id}, auth.ReasonSignedOut, when)
		f.Ok(err)
	}
	for _, want := range []int{2, 0} {
		n, err := f.Store.Collect(t.Context(), before)
		f.Ok(err)
		f.WantEqual("Collect", n, want)
	}
	for id, gone := range map[string]bool{living.ID: false, tombstone.ID: false, edge.ID: false, grave.ID: true, forgotten.ID: true} {
		if _, err := f.Store.Find(t.Context(), auth.Key{ID: id}); errors.Is(err, auth.ErrNotFound) != gone {
			t.Errorf("Find(%s) after Collect = %v, want gone: %v", id, err, gone)
		}
	}
}

func collectingTakesAll(t *testing.T, f *Fixture) {
	const users, each = 26, 20
	const rows = users * each // the databases take 500 at a time
	var wg sync.WaitGroup
	for range users {
		u := f.User()
		batch := make([]auth.Session, each)
		for i := range batch {
			batch[i] = f.Fresh(u, Noon)
		}
		wg.Go(func() {
			for _, s := range batch {
				// Late enough for those before to have expired: each login buries the one before.
				if _, err := f.Store.Begin(t.Context(), u.ID, At(2*time.Hour), planOf(auth.Plan{New: s})); err != nil {
					t.Error(err)
				}
			}
			if _, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID}, auth.ReasonEverywhere, At(2*time.Hour)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n, err := f.Store.Collect(t.Context(), At(3*time.Hour))
	f.Ok(err)
	f.WantEqual("Collect", n, rows)
}

func cancelledCallsFail(t *testing.T, f *Fixture) {
	u := f.User()
	s := f.Login(u, Noon)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	store, now := f.Store, At(time.Minute)
	for name, call := range map[string]func() error{
		"Begin": func() error {
			_, err := store.Begin(ctx, u.ID, now, planOf(auth.Plan{New: f.Fresh(u, now)}))
			return err
		},
		"Find": func() error { _, err := store.Find(ctx, auth.Key{ID: s.ID}); return err },
		"Renew": func() error {
			_, err := store.Renew(ctx, auth.Key{ID: s.ID}, auth.Renewal{Now: now, ExpiresAt: At(2 * time.Hour)})
			return err
		},
		"End":     func() error { _, err := store.End(ctx, auth.Selector{UserID: u.ID}, auth.ReasonAdmin, now); return err },
		"Live":    func() error { _, _, err := store.Live(ctx, u.ID, now, Everything); return err },
		"Changes": func() error { _, err := store.Changes(ctx, Noon); return err },
		"Collect": func() error { _, err := store.Collect(ctx, At(99*time.Hour)); return err },
		"Ping":    func() error { return store.Ping(ctx) },
	} {
		f.WantError(name+" of a caller who has gone", call(), context.Canceled)
	}
	f.WantEqual("the session", f.Find(s.ID), s)
	f.WantLive(u, now, s)
	f.Ok(f.Store.Ping(t.Context()))
}

func cancelledQueriesDoNotMix(t *testing.T, f *Fixture) { // DB-2
	var wg sync.WaitGroup
	for range 8 {
		s := f.Login(f.User(), Noon)
		wg.Go(func() {
			for i := range 60 {
				ctx, cancel := context.WithCancel(t.Context())
				var hurry sync.WaitGroup
				if i%3 != 0 {
					hurry.Go(cancel)
				}
				got, err := f.Store.Find(ctx, auth.Key{TokenHash: s.TokenHash})
				hurry.Wait()
				cancel()
				if err == nil && (got.ID != s.ID || got.User.ID != s.User.ID) {
					t.Errorf("Find = session %s of %s, want %s of %s", got.ID, got.User.ID, s.ID, s.User.ID)
				}
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("Find that may have been cancelled = error %v", err)
				}
			}
		})
	}
	wg.Wait()
}
