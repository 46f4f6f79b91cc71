package main

import (
	"fmt"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// claim is something that must never be seen.
type claim string

// The claims, in the words of the table.
const (
	lostEnding    claim = "acknowledged sign-outs lost"
	lostSession   claim = "acknowledged sign-ins lost"
	acceptedHere  claim = "ended session accepted by the instance that ended it"
	acceptedNew   claim = "ended session accepted by an instance started since"
	acceptedAgain claim = "ended session accepted by an instance that had refused it"
	acceptedPoll  claim = "ended session accepted past the poll by an instance that could ask"
	acceptedBound claim = "ended session accepted past SESSION_RENEW_AFTER"
	resurrected   claim = "sessions resurrected by a renewal at the same moment"
	aboveLimit    claim = "users above the limit"
	wrongUser     claim = "answers for the wrong user"
	halfMade      claim = "half-made states"
	broken        claim = "databases that fail their check"
	uncleanEnd    claim = "servers that end by themselves, or not cleanly"
	fault500      claim = "answers of 500"
	leftOver      claim = "goroutines and connections not back at their base"
)

// claims are all of them, in the order of the table.
var claims = []claim{
	lostEnding, acceptedHere, acceptedNew, acceptedAgain, acceptedPoll, acceptedBound, resurrected, aboveLimit, lostSession,
	wrongUser, halfMade, broken, uncleanEnd, fault500, leftOver,
}

// ledger is what was acknowledged in one trial, and what was seen that must not be.
type ledger struct {
	began time.Time

	answered, unanswered, refused atomic.Int64 // requests: with an answer, without, with 429 or 503

	judged atomic.Int64 // answers whose user was looked at

	same, told, polled, disturbed delays // how long ended sessions were accepted: one value for each and each instance

	mu         sync.Mutex
	begun      map[string]*session // by id
	ended      map[string]ending
	raced      map[string]bool // ended at the same moment as they were renewed
	trials     map[claim]int64
	violations map[claim]int64
	counts     map[string]int64 // of everything else, in words
	samples    []string         // the first violations, in words
}

const mostSamples = 20

func newLedger() *ledger {
	return &ledger{
		began: time.Now(), begun: map[string]*session{}, ended: map[string]ending{}, raced: map[string]bool{},
		trials: map[claim]int64{}, violations: map[claim]int64{}, counts: map[string]int64{},
	}
}

// violated takes note of what must not be, and says so at once.
func (l *ledger) violated(c claim, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violations[c]++
	if len(l.samples) < mostSamples {
		text := fmt.Sprintf("%s, after %v: %s", c, time.Since(l.began).Round(time.Millisecond), fmt.Sprintf(format, args...))
		l.samples = append(l.samples, text)
		fmt.Fprintln(os.Stderr, "VIOLATED:", text)
	}
}

// tried counts the occasions on which a claim could have failed.
func (l *ledger) tried(c claim, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trials[c] += n
}

// answeredFor counts an answer whose user was looked at.
func (l *ledger) answeredFor() { l.judged.Add(1) }

func (l *ledger) count(what string) { l.add(what, 1) }

func (l *ledger) add(what string, n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[what] += n
}

// begins takes note of a session that was acknowledged.
func (l *ledger) begins(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun[s.id] = s
	l.trials[lostSession]++
}

// ends takes note of an acknowledged end.
func (l *ledger) ends(s *session, e ending, raced bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended[s.id] = e
	l.counts["ended: "+e.how]++
	if raced {
		l.raced[s.id] = true
		l.trials[resurrected]++
	} else {
		l.trials[lostEnding]++
	}
}

// known is what was acknowledged until now.
func (l *ledger) known() (begun map[string]*session, ended map[string]ending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.begun), maps.Clone(l.ended)
}

// wasRaced reports whether a session ended at the same moment as it was renewed.
func (l *ledger) wasRaced(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.raced[id]
}
