package authtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func changesAreReported(t *testing.T, f *fixture) {
	u := f.user()
	early, late, live := f.login(u, noon), f.login(u, noon), f.login(u, noon)
	for s, when := range map[string]time.Duration{early.ID: time.Minute, late.ID: 2 * time.Minute} {
		_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: s}, auth.SignedOut, at(when))
		f.ok(err)
	}
	edited := f.user(func(u *auth.User) { u.UpdatedAt = at(3 * time.Minute) })
	before, same, after := f.login(edited, at(time.Minute)), f.login(edited, edited.UpdatedAt), f.login(edited, at(4*time.Minute))

	earlyEnd, lateEnd := ended(early, at(time.Minute), auth.SignedOut), ended(late, at(2*time.Minute), auth.SignedOut)
	edit, sameEdit := auth.Change{SessionID: before.ID, At: edited.UpdatedAt}, auth.Change{SessionID: same.ID, At: edited.UpdatedAt}
	for _, c := range []struct {
		since time.Time
		want  []auth.Change
	}{
		{time.Time{}, []auth.Change{earlyEnd, lateEnd, edit, sameEdit}},
		{at(time.Minute), []auth.Change{earlyEnd, lateEnd, edit, sameEdit}},
		{at(time.Minute + time.Millisecond), []auth.Change{lateEnd, edit, sameEdit}},
		{at(3 * time.Minute), []auth.Change{edit, sameEdit}},
		{at(4 * time.Minute), nil},
	} {
		for range 2 { // asking again, or with an overlap, gives the same again
			got, err := f.store.Changes(t.Context(), c.since)
			f.ok(err)
			f.wantChanges("Changes("+c.since.Format(time.TimeOnly)+")", got, c.want...)
		}
	}
	f.wantLive(u, at(time.Minute), live)
	_ = after // began with the user as they are now, so it is in no answer

	_, err := f.store.End(t.Context(), auth.Selector{UserID: edited.ID, SessionID: before.ID}, auth.Limit, at(5*time.Minute))
	f.ok(err)
	got, err := f.store.Changes(t.Context(), at(3*time.Minute))
	f.ok(err)
	f.wantChanges("Changes of an ended session whose user had changed", got, ended(before, at(5*time.Minute), auth.Limit), sameEdit)
}

func collectingTakesDead(t *testing.T, f *fixture) {
	u := f.user()
	before := at(48 * time.Hour)
	living, tombstone, grave, forgotten, edge := f.fresh(u, noon), f.fresh(u, noon), f.fresh(u, noon), f.fresh(u, noon), f.fresh(u, noon)
	for _, s := range []*auth.Session{&living, &tombstone, &grave} {
		s.AbsoluteExpiresAt = at(100 * time.Hour) // idle long ago, but not over
	}
	forgotten.AbsoluteExpiresAt, edge.AbsoluteExpiresAt = before.Add(-time.Millisecond), before
	for _, s := range []auth.Session{living, tombstone, grave, forgotten, edge} {
		f.write(s)
	}
	for id, when := range map[string]time.Time{tombstone.ID: before, grave.ID: before.Add(-time.Millisecond)} {
		_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: id}, auth.SignedOut, when)
		f.ok(err)
	}
	for _, want := range []int{2, 0} {
		n, err := f.store.Collect(t.Context(), before)
		f.ok(err)
		f.wantEqual("Collect", n, want)
	}
	for id, gone := range map[string]bool{living.ID: false, tombstone.ID: false, edge.ID: false, grave.ID: true, forgotten.ID: true} {
		if _, err := f.store.Find(t.Context(), auth.Key{ID: id}); errors.Is(err, auth.ErrNotFound) != gone {
			t.Errorf("Find(%s) after Collect = %v, want gone: %v", id, err, gone)
		}
	}
}

func collectingTakesAll(t *testing.T, f *fixture) {
	const rows = 520 // the databases take 500 at a time
	u := f.user()
	var wg sync.WaitGroup
	for range 4 {
		batch := make([]auth.Session, rows/4)
		for i := range batch {
			batch[i] = f.fresh(u, noon)
		}
		wg.Go(func() {
			for _, s := range batch {
				// Late enough for those before to have expired: each login buries the one before.
				if _, err := f.store.Begin(t.Context(), u.ID, at(2*time.Hour), planOf(auth.Plan{New: s})); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID}, auth.Everywhere, at(2*time.Hour))
	f.ok(err)
	n, err := f.store.Collect(t.Context(), at(3*time.Hour))
	f.ok(err)
	f.wantEqual("Collect", n, rows)
}

func cancelledCallsFail(t *testing.T, f *fixture) {
	u := f.user()
	s := f.login(u, noon)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	store, now := f.store, at(time.Minute)
	for name, call := range map[string]func() error{
		"CreateUser": func() error {
			return store.CreateUser(ctx, auth.User{ID: "late", Email: "late@example.com", CreatedAt: now, UpdatedAt: now}, "hash")
		},
		"UserByEmail":         func() error { _, _, err := store.UserByEmail(ctx, u.Email); return err },
		"ReplacePasswordHash": func() error { return store.ReplacePasswordHash(ctx, u.ID, "hash of "+u.ID, "new") },
		"DisableUser":         func() error { _, err := store.DisableUser(ctx, u.ID, auth.Admin, now); return err },
		"Begin": func() error {
			_, err := store.Begin(ctx, u.ID, now, planOf(auth.Plan{New: f.fresh(u, now)}))
			return err
		},
		"Find": func() error { _, err := store.Find(ctx, auth.Key{ID: s.ID}); return err },
		"Renew": func() error {
			_, err := store.Renew(ctx, auth.Key{ID: s.ID}, auth.Renewal{Now: now, ExpiresAt: at(2 * time.Hour)})
			return err
		},
		"End":     func() error { _, err := store.End(ctx, auth.Selector{UserID: u.ID}, auth.Admin, now); return err },
		"Live":    func() error { _, err := store.Live(ctx, u.ID, now); return err },
		"Changes": func() error { _, err := store.Changes(ctx, noon); return err },
		"Collect": func() error { _, err := store.Collect(ctx, at(99*time.Hour)); return err },
		"Ping":    func() error { return store.Ping(ctx) },
	} {
		f.wantError(name+" of a caller who has gone", call(), context.Canceled)
	}
	f.wantEqual("the session", f.find(s.ID), s)
	f.wantLive(u, now, s)
	_, hash, err := f.store.UserByEmail(t.Context(), u.Email)
	f.ok(err)
	f.wantEqual("the password hash", hash, "hash of "+u.ID)
	_, _, err = f.store.UserByEmail(t.Context(), "late@example.com")
	f.wantError("UserByEmail(account that was given up)", err, auth.ErrNotFound)
	f.ok(f.store.Ping(t.Context()))
}

func cancelledQueriesDoNotMix(t *testing.T, f *fixture) { // DB-2
	var wg sync.WaitGroup
	for range 8 {
		s := f.login(f.user(), noon)
		wg.Go(func() {
			for i := range 60 {
				ctx, cancel := context.WithCancel(t.Context())
				var hurry sync.WaitGroup
				if i%3 != 0 {
					hurry.Go(cancel)
				}
				got, err := f.store.Find(ctx, auth.Key{TokenHash: s.TokenHash})
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
