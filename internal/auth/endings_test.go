package auth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// tape is a feed that plays back what is put on it.
type tape struct {
	mu      sync.Mutex
	changes []Change
	since   time.Time
	calls   int
	err     error
}

func (f *tape) Changes(_ context.Context, since time.Time) ([]Change, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	f.since = since
	return f.changes, f.err
}

func (f *tape) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *tape) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *tape) put(changes ...Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = changes
}

func TestEndingsTrustsNothingBeforeItsFirstSync(t *testing.T) { // RV-4
	now := time.Now()
	v := newEndings(5*time.Minute, func() time.Time { return now }, nobody)
	if v.Trusts("s", now) {
		t.Error("Trusts before the first Sync, want the database asked")
	}
	if err := v.Sync(t.Context(), &tape{err: errors.New("down")}); err == nil || v.Trusts("s", now) {
		t.Errorf("Sync with the database down = %v and trusts, want an error and no trust", err)
	}
	if err := v.Sync(t.Context(), &tape{}); err != nil || !v.Trusts("s", now) {
		t.Errorf("Sync = %v and no trust, want trust in what nothing is known against", err)
	}
}

func TestEndingsApply(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(1000+int64(s), 0) }
	type news struct {
		clock int // when this instance learns of it
		Change
	}
	changed := func(clock, s int) news { return news{clock, Change{SessionID: "s", At: at(s)}} }
	ended := func(clock, s int, why Reason) news {
		return news{clock, Change{SessionID: "s", At: at(s), Ended: why}}
	}
	skew := int(maxClockSkew / time.Second)
	tests := []struct {
		name    string
		changes []news
		reason  Reason // "" = not ended
		trusted int    // validated up to this second is not trusted, after it is; -1 = never
	}{
		// A validation between the making of a change and its commit has seen the
		// old: what counts is when this process hears of it, which is later.
		{"what was validated before a change was heard of is checked again", []news{changed(7, 5)}, "", 7 + skew},
		{"a change heard of again is the same change", []news{changed(7, 5), changed(9, 5)}, "", 7 + skew},
		{"an older change is no news", []news{changed(7, 5), changed(9, 4)}, "", 7 + skew},
		{"a later change counts anew", []news{changed(7, 5), changed(9, 6)}, "", 9 + skew},
		{"an ended session is never trusted", []news{ended(7, 5, ReasonSignedOut)}, ReasonSignedOut, -1},
		{"an ending beats a later change", []news{ended(7, 5, ReasonLimit), changed(9, 8)}, ReasonLimit, -1},
		{"an ending beats an earlier change", []news{changed(7, 5), ended(9, 4, ReasonLimit)}, ReasonLimit, -1},
		{"the first reason is kept", []news{ended(7, 5, ReasonLimit), ended(9, 8, ReasonSignedOut)}, ReasonLimit, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := at(0)
			v := newEndings(5*time.Minute, func() time.Time { return clock }, nobody)
			v.Sync(t.Context(), &tape{})
			for _, h := range tt.changes {
				clock = at(h.clock)
				v.Apply(h.Change)
			}
			if got, _ := v.Ended("s"); got != tt.reason {
				t.Errorf("Ended = %q, want %q", got, tt.reason)
			}
			for s := range 60 {
				want := tt.trusted >= 0 && s > tt.trusted
				if got := v.Trusts("s", at(s)); got != want {
					t.Errorf("Trusts(validated at %d s) = %v, want %v", s, got, want)
				}
			}
			if !v.Trusts("another", at(0)) {
				t.Error("another session lost its trust")
			}
		})
	}
}

func TestEndingsForgetsOnlyWhenTheDatabaseAnswers(t *testing.T) { // RV-5
	now := time.Unix(1_000_000, 0)
	v := newEndings(5*time.Minute, func() time.Time { return now }, nobody)
	f := &tape{}
	v.Sync(t.Context(), f)
	v.Apply(Change{SessionID: "s", At: now, Ended: ReasonLimit})

	now = now.Add(5*time.Minute + endingsSlack)
	v.Sync(t.Context(), f)
	if v.Size() != 1 {
		t.Fatal("the entry is gone while tokens validated before it may still be undue")
	}
	now = now.Add(time.Second)
	f.err = errors.New("down")
	v.Sync(t.Context(), f)
	if v.Size() != 1 {
		t.Fatal("the entry is gone though the database was not asked")
	}
	f.err = nil
	v.Sync(t.Context(), f)
	if v.Size() != 0 {
		t.Errorf("%d entries are held, want the outdated one forgotten", v.Size())
	}
}

func TestEndingsLooksBackFarEnough(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	v := newEndings(5*time.Minute, func() time.Time { return now }, nobody)
	f := &tape{}
	check := func(when string, want time.Duration) {
		t.Helper()
		v.Sync(t.Context(), f)
		if got := now.Sub(f.since); got != want {
			t.Errorf("%s Sync looks back %v, want %v", when, got, want)
		}
	}
	check("the first", 5*time.Minute+endingsSlack)
	now = now.Add(2 * time.Second)
	check("a poll's", 2*time.Second+pollOverlap)
	now = now.Add(3 * time.Minute)
	check("after an outage, the", 3*time.Minute+pollOverlap)
	now = now.Add(24 * time.Hour)
	check("after a long outage, the", 5*time.Minute+endingsSlack)
	now = now.Add(-time.Hour) // what was forgotten while the clock was ahead is loaded again
	check("after the clock was set back, the", 5*time.Minute+endingsSlack)
}

// phone is a Listener whose line can be cut.
type phone struct {
	tape
	calls chan func() // the hint of each subscription
	cut   chan error
}

func (p *phone) Listen(ctx context.Context, ready func(context.Context) error, hint func()) error {
	if err := ready(ctx); err != nil {
		return err
	}
	p.calls <- hint
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-p.cut:
		return err
	}
}

// onThePhone runs f with an instance that listens, on a clock of its own.
func onThePhone(t *testing.T, f func(t *testing.T, v *Endings, p *phone)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		v := newEndings(5*time.Minute, time.Now, nobody)
		p := &phone{calls: make(chan func()), cut: make(chan error)}
		go v.run(ctx, p, slog.New(slog.DiscardHandler))
		f(t, v, p)
		cancel()
		synctest.Wait()
	})
}

func TestEndingsHearsOfEndingsByHintAndByPoll(t *testing.T) { // RV-3
	onThePhone(t, func(t *testing.T, v *Endings, p *phone) {
		hint := <-p.calls
		p.put(Change{SessionID: "hinted", At: time.Now(), Ended: ReasonLimit})
		hint()
		synctest.Wait() // no time passes
		if _, ended := v.Ended("hinted"); !ended {
			t.Error("an ending is not known as soon as there is a hint")
		}

		p.put(Change{SessionID: "lost", At: time.Now(), Ended: ReasonSignedOut}) // its hint never comes
		time.Sleep(pollInterval + time.Millisecond)
		if _, ended := v.Ended("lost"); !ended {
			t.Errorf("an ending whose hint was lost is not known after %v", pollInterval)
		}

		p.put(Change{SessionID: "missed", At: time.Now(), Ended: ReasonSignedOut})
		p.cut <- errors.New("connection reset")
		<-p.calls // it has subscribed again, and loaded what it missed
		if _, ended := v.Ended("missed"); !ended {
			t.Error("an ending during the break is not known after subscribing again")
		}
	})
}

func TestAFloodOfHintsCostsFewLooks(t *testing.T) {
	onThePhone(t, func(t *testing.T, v *Endings, p *phone) {
		hint := <-p.calls
		before := p.asked()
		for range 10_000 { // one each millisecond
			hint()
			time.Sleep(time.Millisecond)
		}
		const most = int(10*time.Second/hintGap) + int(10*time.Second/pollInterval) + 1
		if looks := p.asked() - before; looks > most {
			t.Errorf("10,000 hints in ten seconds cost %d looks, want at most %d", looks, most)
		}
		p.put(Change{SessionID: "last", At: time.Now(), Ended: ReasonLimit})
		hint()
		time.Sleep(hintGap + time.Millisecond)
		if _, ended := v.Ended("last"); !ended {
			t.Errorf("the last hint of the flood was not followed within %v", hintGap)
		}
	})
}

func TestListeningIsTriedLessAndLessOften(t *testing.T) {
	onThePhone(t, func(t *testing.T, v *Endings, p *phone) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		<-p.calls
		p.fail(errors.New("down")) // ready fails, and so does every further try
		p.cut <- errors.New("connection reset")
		before := p.asked()
		<-ctx.Done()
		polls := int(time.Hour / pollInterval)
		tries := p.asked() - before - polls
		if most := int(time.Hour/listenPauseMost) + 10; tries < 10 || tries > most {
			t.Errorf("listening was tried %d times in an hour without a database, want at most %d", tries, most)
		}
	})
}

// nobody listens to the views of these tests.
func nobody(string) {}
