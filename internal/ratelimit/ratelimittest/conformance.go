// Package ratelimittest says what every store of rate limits must do, as tests, and has
// one in memory that does it.
package ratelimittest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/ratelimit"
)

// Run checks stores on one empty database, as two instances have them. open returns both
// and sees to it that they are closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) (a, b ratelimit.Store)) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, a, b ratelimit.Store)
	}{
		{"a bucket has so many tokens, and gets one more each interval", bucketFills},
		{"of tries at the same time on two instances no more succeed than there are tokens", triesRace},
		{"a token that is returned can be taken again", tokenReturns},
		{"what is remembered ends", rememberedEnds},
		{"full buckets are collected, others stay", fullOnesGo},
		{"no row is added where none may be", noRowIsAdded},
		{"a clock that was set back locks nobody out", clockIsSetBack},
		{"a cancelled call fails and takes nothing", cancelledFails},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := open(t)
			c.run(t, a, b)
		})
	}
}

var (
	start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	five  = ratelimit.Bucket{Tokens: 5, Interval: time.Minute}
)

func take(t *testing.T, s ratelimit.Store, key string, now time.Time) (fullAt time.Time, ok bool) {
	t.Helper()
	fullAt, ok, err := s.TakeToken(t.Context(), key, five, now, true)
	if err != nil {
		t.Fatalf("TakeToken = %v", err)
	}
	return fullAt, ok
}

func bucketFills(t *testing.T, a, b ratelimit.Store) {
	for i := range 5 {
		if _, ok := take(t, []ratelimit.Store{a, b}[i%2], "k", start); !ok {
			t.Fatalf("there is no token %d of 5", i+1)
		}
	}
	fullAt, ok := take(t, b, "k", start.Add(30*time.Second))
	if want := start.Add(5 * time.Minute); ok || !fullAt.Equal(want) {
		t.Errorf("an empty bucket = %v, %v, want false, full at %v", ok, fullAt, want)
	}
	if next := five.Empty(fullAt); !next.Equal(start.Add(time.Minute)) {
		t.Errorf("the next token is there at %v, want after an interval", next)
	}
	if _, ok := take(t, a, "k", start.Add(-time.Second)); ok {
		t.Error("an instance whose clock is a second behind finds a token in an empty bucket")
	}
	if _, ok := take(t, a, "other", start); !ok {
		t.Error("another key has no token")
	}
	for _, c := range []struct {
		at   time.Duration
		want bool
	}{{time.Minute - time.Millisecond, false}, {time.Minute, true}, {time.Minute, false}, {2 * time.Minute, true}, {time.Hour, true}, {time.Hour, true}} {
		if _, ok := take(t, a, "k", start.Add(c.at)); ok != c.want {
			t.Errorf("a token after %v = %v, want %v", c.at, ok, c.want)
		}
	}
}

func triesRace(t *testing.T, a, b ratelimit.Store) {
	for round := range 5 {
		now := start.Add(time.Duration(round) * time.Hour) // full again
		var trying sync.WaitGroup
		var taken atomic.Int32
		for i := range 32 {
			trying.Go(func() {
				_, ok, err := []ratelimit.Store{a, b}[i%2].TakeToken(t.Context(), "k", five, now, true)
				if err != nil {
					t.Errorf("TakeToken = %v", err)
				}
				if ok {
					taken.Add(1)
				}
			})
		}
		trying.Wait()
		if got := taken.Load(); got != 5 {
			t.Errorf("round %d: 32 tries at once took %d tokens, want 5", round, got)
		}
	}
}

func tokenReturns(t *testing.T, a, b ratelimit.Store) {
	for range 5 {
		take(t, a, "k", start)
	}
	if err := b.ReturnToken(t.Context(), "k", five); err != nil {
		t.Fatal(err)
	}
	if err := b.ReturnToken(t.Context(), "nothing", five); err != nil {
		t.Fatal(err)
	}
	_, first := take(t, a, "k", start)
	_, second := take(t, a, "k", start)
	if !first || second {
		t.Errorf("after a return there are tokens %v, %v, want one", first, second)
	}
}

func rememberedEnds(t *testing.T, a, b ratelimit.Store) {
	if err := a.Remember(t.Context(), "k", start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := b.Remember(t.Context(), "k", start.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{0: true, time.Hour: true, 2 * time.Hour: false} {
		if known, err := a.Remembers(t.Context(), "k", start.Add(after)); err != nil || known != want {
			t.Errorf("Remembers after %v = %v, %v, want %v", after, known, err, want)
		}
	}
	if known, _ := a.Remembers(t.Context(), "other", start); known {
		t.Error("a key that nobody noted is remembered")
	}
}

func fullOnesGo(t *testing.T, a, b ratelimit.Store) {
	take(t, a, "short", start)
	for range 3 {
		take(t, a, "long", start)
	}
	if left, err := b.CollectBuckets(t.Context(), start.Add(time.Minute)); err != nil || left != 1 {
		t.Errorf("CollectBuckets leaves %d, %v, want 1", left, err)
	}
	take(t, a, "long", start.Add(time.Minute))
	take(t, a, "long", start.Add(time.Minute))
	take(t, a, "long", start.Add(time.Minute))
	if _, ok := take(t, a, "long", start.Add(time.Minute)); ok {
		t.Error("the bucket that stayed has forgotten what was taken")
	}
}

func noRowIsAdded(t *testing.T, a, b ratelimit.Store) {
	for range 9 {
		if _, ok, err := a.TakeToken(t.Context(), "new", five, start, false); err != nil || !ok {
			t.Fatalf("TakeToken without a row = %v, %v, want it not counted", ok, err)
		}
	}
	if left, _ := b.CollectBuckets(t.Context(), start); left != 0 {
		t.Errorf("there are %d rows, want none", left)
	}
	for range 5 {
		take(t, a, "old", start)
	}
	if _, ok, err := b.TakeToken(t.Context(), "old", five, start, false); err != nil || ok {
		t.Errorf("TakeToken of an empty bucket = %v, %v, want it refused", ok, err)
	}
}

func cancelledFails(t *testing.T, a, _ ratelimit.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok, err := a.TakeToken(ctx, "k", five, start, true); err == nil || ok {
		t.Errorf("TakeToken with a cancelled context = %v, %v, want an error", ok, err)
	}
	if fullAt, _ := take(t, a, "k", start); !fullAt.Equal(start.Add(time.Minute)) {
		t.Errorf("the bucket is full at %v, want one token taken", fullAt)
	}
}

func clockIsSetBack(t *testing.T, a, b ratelimit.Store) {
	for range 5 {
		take(t, a, "k", start)
	}
	for i := range 6 {
		if _, ok := take(t, b, "k", start.Add(-time.Hour)); ok != (i < 5) {
			t.Errorf("token %d an hour earlier = %v, want a full bucket of 5", i+1, ok)
		}
	}
}
