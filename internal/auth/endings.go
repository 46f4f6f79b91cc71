package auth

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Endings is this instance's knowledge of which sessions ended or changed
// recently. It is what makes a JWT revocable at once and a cached database
// session safe: an entry says "a validation from before this instance learned of
// the change must be checked again", and for an ended session that there is no
// need to ask.
//
// An entry is needed only until everything validated before it is due for
// renewal anyway, so memory is bounded by the rate of endings and not by the
// lifetime of sessions.
type Endings struct {
	keep   time.Duration // how long an entry is needed
	now    func() time.Time
	notify func(sessionID string) // called for every news, after it can be seen here
	hints  chan struct{}          // holds a value while a hint waits to be followed

	known changes

	mu     sync.Mutex
	synced time.Time   // last time the database was asked; zero = never
	told   time.Time   // when it last answered, by the process's own clock; at first, when this began
	usable atomic.Bool // the database has been asked once
}

const (
	endingsSlack = 30 * time.Second // on top of RenewAfter: clocks of instances, late commits
	pollOverlap  = 60 * time.Second // a poll looks this far behind the last one: a slow transaction commits late
	pollInterval = 2 * time.Second  // the fallback poll, should a notification be lost
	maxClockSkew = 15 * time.Second // by which the clocks of two instances may differ
	syncTimeout  = 5 * time.Second  // a database that does not answer must not stop the polls

	hintOverlap     = maxClockSkew + 5*time.Second // a look that follows a hint; the next poll looks further back
	hintGap         = 50 * time.Millisecond        // between two such looks at least: 20 a second, whatever is sent
	listenPause     = time.Second                  // before listening again; doubles up to listenPauseMost
	listenPauseMost = 30 * time.Second
)

func newEndings(renewAfter time.Duration, now func() time.Time, notify func(sessionID string)) *Endings {
	return &Endings{keep: renewAfter + endingsSlack, now: now, notify: notify, hints: make(chan struct{}, 1), known: newChanges(), told: time.Now()}
}

// Ended says why the session ended, if this instance knows that it did.
func (e *Endings) Ended(sessionID string) (Reason, bool) {
	c, _ := e.known.get(sessionID)
	return c.ended, c.ended != ""
}

// Trusts reports whether something validated at that time may be used without
// asking the database. Before the first Sync nothing may.
//
// What counts is when this instance learned of a change, which is after it was committed: a
// validation between the moment the change was made and that one has seen the old.
func (e *Endings) Trusts(sessionID string, validatedAt time.Time) bool {
	if !e.usable.Load() {
		return false
	}
	c, known := e.known.get(sessionID)
	return !known || c.ended == "" && c.learned.Add(maxClockSkew).Before(validatedAt)
}

// Apply takes in changes, in any order and any number of times, and passes on
// those that are news.
func (e *Endings) Apply(changes ...Change) {
	learned := e.now()
	for _, c := range changes {
		if e.known.put(c, learned) {
			e.notify(c.SessionID)
		}
	}
}

// Size is the number of entries held.
func (e *Endings) Size() int { return e.known.size() }

// age is how long ago the database last answered a Sync. Nobody can set this clock.
func (e *Endings) age() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Since(e.told)
}

// feed is the part of a Store that is read here.
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
func (e *Endings) Sync(ctx context.Context, from feed) error {
	now := e.now()
	if err := e.load(ctx, from, e.since(now)); err != nil {
		return err
	}
	e.mu.Lock()
	e.synced, e.told = now, time.Now()
	e.mu.Unlock()
	e.usable.Store(true)
	e.known.forget(now.Add(-e.keep))
	return nil
}

// load asks what changed since the given time.
func (e *Endings) load(ctx context.Context, from feed, since time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	changes, err := from.Changes(ctx, since)
	if err != nil {
		return err
	}
	e.Apply(changes...)
	return nil
}

// since is how far back a Sync must look: everything an entry can be needed
// for at first, then the overlap, however long ago the last Sync was.
func (e *Endings) since(now time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	oldest := now.Add(-e.keep)
	if e.synced.IsZero() || now.Before(e.synced) { // never, or the clock was set back
		return oldest
	}
	if recent := e.synced.Add(-pollOverlap); recent.After(oldest) {
		return recent
	}
	return oldest
}

// run keeps the knowledge true until ctx ends: by a poll in any case, and
// sooner where the database sends hints.
func (e *Endings) run(ctx context.Context, store feed, log *slog.Logger) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if l, ok := store.(Listener); ok {
		wg.Go(func() { e.listen(ctx, store, l, log) })
		wg.Go(func() { e.follow(ctx, store) })
	}
	every(ctx, pollInterval, func() {
		if err := e.Sync(ctx, store); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "polling for ended sessions failed; sessions are trusted until they are due for renewal", "error", err)
		}
	})
}

// listen subscribes again whenever the connection breaks, at longer and longer
// intervals while it cannot. What was missed meanwhile comes with the Sync that
// every subscription starts with.
func (e *Endings) listen(ctx context.Context, store feed, l Listener, log *slog.Logger) {
	pause := listenPause
	ready := func(ctx context.Context) error {
		err := e.Sync(ctx, store)
		if err == nil {
			pause = listenPause
		}
		return err
	}
	for ctx.Err() == nil {
		err := l.Listen(ctx, ready, func() { signal(e.hints) })
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "listening for ended sessions broke off; polling until it is back", "error", err)
		wait(ctx, pause)
		pause = min(2*pause, listenPauseMost)
	}
}

// follow looks as soon as there is a hint. Hints that come while it looks are
// one hint. The gap after each look, as long as the look at least, bounds what a
// flood of them costs. An error is left to the next poll.
func (e *Endings) follow(ctx context.Context, from feed) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.hints:
		}
		start := time.Now()
		_ = e.load(ctx, from, e.now().Add(-hintOverlap))
		wait(ctx, max(hintGap, time.Since(start)))
	}
}
