package main

import (
	"maps"
	"time"
)

// result is what came out of one trial.
type result struct {
	Name       string           `json:"name"`
	Took       time.Duration    `json:"took"`
	Answered   int64            `json:"answered"`
	Unanswered int64            `json:"unanswered"`
	Refused    int64            `json:"refused"` // of those answered: with 429 or 503
	Trials     map[claim]int64  `json:"trials"`
	Violations map[claim]int64  `json:"violations"`
	Counts     map[string]int64 `json:"counts"`
	Samples    []string         `json:"samples"`

	Same      spread `json:"same"`      // by the instance that ended it
	Told      spread `json:"told"`      // by another one that a notification reaches
	Polled    spread `json:"polled"`    // by another one that only the poll tells
	Disturbed spread `json:"disturbed"` // by one that is cut off, frozen, starting or without a database
}

func (l *ledger) result(name string, took time.Duration) result {
	l.mu.Lock()
	defer l.mu.Unlock()
	trials := maps.Clone(l.trials)
	trials[wrongUser] += l.judged.Load()
	trials[fault500] = l.answered.Load()
	return result{
		Name: name, Took: took, Answered: l.answered.Load(), Unanswered: l.unanswered.Load(), Refused: l.refused.Load(),
		Trials: trials, Violations: maps.Clone(l.violations), Counts: maps.Clone(l.counts), Samples: l.samples,
		Same: l.same.spread(), Told: l.told.spread(), Polled: l.polled.spread(), Disturbed: l.disturbed.spread(),
	}
}

func (l *ledger) violationsOf(c claim) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.violations[c]
}

func (r result) bad() bool { return len(r.Violations) > 0 }

// control is what came out of a run with a planted bug.
type control struct {
	Bug   string        `json:"bug"`
	Words string        `json:"words"`
	Finds claim         `json:"finds"`
	Seen  int64         `json:"seen"` // violations of that; 0 = the bug was not found
	After time.Duration `json:"after"`
}
