package auth

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// View is this process's knowledge of which sessions ended or changed
// recently. It is what makes a JWT revocable at once and a cached database
// session safe: an entry says "whatever was validated before I heard of this
// must be checked again", and for an ended session that there is no need to ask.
//
// An entry is needed only until everything validated before it is due for
// renewal anyway, so memory is bounded by the rate of endings and not by the
// lifetime of sessions.
type View struct {
	keep  time.Duration // how long an entry is needed
	now   func() time.Time
	heard func(sessionID string) // told of every news, after it can be seen here

	mu      sync.RWMutex
	entries map[string]entry
	synced  time.Time // last time the database was asked; zero = never
}

// entry is a change and when this process heard of it, which is after it was
// committed. What counts for trust is the latter: a validation between the
// moment a change was made and the moment it was committed has seen the old.
type entry struct {
	Change
	heard time.Time
}

const (
	viewSlack    = 30 * time.Second // on top of RenewAfter: clocks of instances, late commits
	viewOverlap  = 60 * time.Second // a poll looks this far behind the last one: a slow transaction commits late
	viewInterval = 2 * time.Second  // the fallback poll, should a notification be lost
	viewSkew     = 15 * time.Second // by which the clocks of two instances may differ
	syncTimeout  = 5 * time.Second  // a database that does not answer must not stop the polls
)

func newView(renewAfter time.Duration, now func() time.Time, heard func(sessionID string)) *View {
	return &View{keep: renewAfter + viewSlack, now: now, heard: heard, entries: map[string]entry{}}
}

// Ended says why the session ended, if this process has heard that it did.
func (v *View) Ended(sessionID string) (Reason, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c, ok := v.entries[sessionID]
	return c.Ended, ok && c.Ended != ""
}

// Trusts reports whether something validated at that time may be used without
// asking the database. Before the first Sync nothing may.
func (v *View) Trusts(sessionID string, validatedAt time.Time) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.synced.IsZero() {
		return false
	}
	e, ok := v.entries[sessionID]
	return !ok || e.Ended == "" && e.heard.Add(viewSkew).Before(validatedAt)
}

// Apply takes in changes, in any order and any number of times, and passes on
// those that are news.
func (v *View) Apply(changes ...Change) {
	for _, id := range v.enter(changes) {
		v.heard(id)
	}
}

// enter makes entries of the changes and returns the sessions of those that
// were not known before.
func (v *View) enter(changes []Change) (news []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	heard := v.now()
	for _, c := range changes {
		old, known := v.entries[c.SessionID]
		switch {
		case known && old.Ended != "": // an ending is final
		case known && c.Ended == "" && !c.At.After(old.At): // heard before
		default:
			v.entries[c.SessionID] = entry{c, heard}
			news = append(news, c.SessionID)
		}
	}
	return news
}

// Size is the number of entries held.
func (v *View) Size() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.entries)
}

// feed is the part of a Store that the view reads.
type feed interface {
	Changes(ctx context.Context, since time.Time) ([]Change, error)
}

// Sync loads what changed since the last Sync and forgets what is no longer
// needed. It forgets only here: while the database cannot be asked, entries
// stay.
//
// It asks for an overlapping window of time rather than for "everything after
// the last one seen": transactions commit out of order, and a cursor would
// step over the late ones.
func (v *View) Sync(ctx context.Context, from feed) error {
	now := v.now()
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	changes, err := from.Changes(ctx, v.since(now))
	if err != nil {
		return err
	}
	v.Apply(changes...)

	v.mu.Lock()
	defer v.mu.Unlock()
	v.synced = now
	for id, e := range v.entries {
		if e.heard.Before(now.Add(-v.keep)) {
			delete(v.entries, id)
		}
	}
	return nil
}

// since is how far back a Sync must look: everything an entry can be needed
// for at first, then the overlap, however long ago the last Sync was.
func (v *View) since(now time.Time) time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	oldest := now.Add(-v.keep)
	if v.synced.IsZero() || now.Before(v.synced) { // never, or the clock was set back
		return oldest
	}
	if recent := v.synced.Add(-viewOverlap); recent.After(oldest) {
		return recent
	}
	return oldest
}

// run keeps the view true until ctx ends: by notification where the database
// has them, and by a poll in any case.
func (v *View) run(ctx context.Context, store feed, log *slog.Logger) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if l, ok := store.(Listener); ok {
		wg.Go(func() { v.listen(ctx, store, l, log) })
	}
	every(ctx, viewInterval, func() {
		if err := v.Sync(ctx, store); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "view: poll failed; sessions are trusted until they are due for renewal", "error", err)
		}
	})
}

// listen subscribes again whenever the connection breaks. What was missed
// meanwhile comes with the snapshot that every subscription starts with.
func (v *View) listen(ctx context.Context, store feed, l Listener, log *slog.Logger) {
	ready := func(ctx context.Context) error { return v.Sync(ctx, store) }
	for ctx.Err() == nil {
		err := l.Listen(ctx, ready, v.Apply)
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "view: listening broke off; polling until it is back", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// every calls f at the interval until ctx ends.
func every(ctx context.Context, interval time.Duration, f func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f()
		}
	}
}
