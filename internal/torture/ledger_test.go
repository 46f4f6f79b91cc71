package main

import (
	"testing"
	"time"
)

// What an instance may have missed counts as trouble until it has had the time to ask.
func TestTroubleLastsUntilItIsSettled(t *testing.T) {
	i := &instance{}
	before := time.Now().Add(-time.Minute)
	if !i.undisturbed(before, time.Now()) {
		t.Error("an instance to which nothing was done is disturbed")
	}
	over := i.suffer(time.Hour)
	now := time.Now().Add(time.Millisecond)
	if i.undisturbed(before, now) {
		t.Error("an instance in trouble is undisturbed")
	}
	over()
	if i.undisturbed(now.Add(time.Minute), now.Add(2*time.Minute)) {
		t.Error("an instance is undisturbed before it has settled")
	}
	if !i.undisturbed(now.Add(2*time.Hour), now.Add(3*time.Hour)) {
		t.Error("an instance is disturbed after it has settled")
	}
	if !i.undisturbed(before, before.Add(time.Second)) {
		t.Error("an instance is disturbed before its trouble")
	}
}

// An answer to the cookie of an ended session is judged by who gives it, and when.
func TestAnAcceptedSessionIsJudged(t *testing.T) {
	ended := time.Now()
	here := &life{instance: &instance{number: 1}, started: ended.Add(-time.Minute)}
	there := &life{instance: &instance{number: 2}, started: ended.Add(-time.Minute)}
	young := &life{instance: there.instance, started: ended.Add(time.Second)}
	troubled := &life{instance: &instance{number: 3}, started: ended.Add(-time.Minute)}
	troubled.instance.suffer(0)
	for name, tt := range map[string]struct {
		by      *life
		after   time.Duration
		refused *life
		want    claim
	}{
		"another, soon":                     {there, time.Second, nil, ""},
		"another, late":                     {there, pollBound + lateness + time.Second, nil, acceptedPoll},
		"one in trouble, as late":           {troubled, pollBound + lateness + time.Second, nil, ""},
		"one in trouble, past the bound":    {troubled, renewAfter + time.Second, nil, acceptedBound},
		"the one that ended it":             {here, time.Millisecond, nil, acceptedHere},
		"one that was started since":        {young, 2 * time.Second, nil, acceptedNew},
		"one that has refused it":           {there, time.Second, there, acceptedAgain},
		"one that has, in its life before":  {there, time.Second, young, ""},
		"the one that ended it, much later": {here, time.Hour, nil, acceptedHere},
	} {
		w := &worker{world: &world{ledger: newLedger(), bound: renewAfter}}
		g := &grave{session: &session{}, ending: ending{at: ended, by: here}}
		seen := &sighting{refused: tt.refused}
		w.accepted(g, seen, answer{by: tt.by, sent: ended.Add(tt.after)})
		for _, c := range claims {
			if got := w.ledger.violationsOf(c) > 0; got != (c == tt.want) {
				t.Errorf("%s: violated %q: %t, want %q", name, c, got, tt.want)
			}
		}
		if seen.last != tt.after {
			t.Errorf("%s: accepted %v after, want %v", name, seen.last, tt.after)
		}
	}
}

func TestTheSpreadOfDelays(t *testing.T) {
	var d delays
	for n := range 200 {
		d.add(max(0, time.Duration(n-100)*time.Millisecond))
	}
	if got, want := d.spread(), (spread{Count: 200, Accepted: 99, P99: 97 * time.Millisecond, Max: 99 * time.Millisecond}); got != want {
		t.Errorf("spread = %+v, want %+v", got, want)
	}
}
