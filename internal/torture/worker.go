package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// world is what all workers share.
type world struct {
	strategy  string
	instances []*instance
	ledger    *ledger
	truth     *truth
	bound     time.Duration // how long at most an ended session may be accepted by anybody

	burst, password, change pace
}

// pace is how often something costly is done, by all workers together.
type pace struct {
	every time.Duration
	next  atomic.Int64
}

// due reports whether it is time, and whose turn it is.
func (p *pace) due() bool {
	now, next := time.Now().UnixNano(), p.next.Load()
	return now >= next && p.next.CompareAndSwap(next, now+int64(p.every))
}

// worker plays some users, one after the other.
type worker struct {
	*world
	rng      *rand.Rand
	client   *client
	others   []*client // for what happens at the same moment
	stubborn bool      // asks instances that are slow, too: each answer may take seconds
	accounts []*account
	graves   []*grave   // sessions that ended lately
	hot      []hotGrave // of those, what an instance has not refused yet
	old      []*grave   // some that ended long ago, for the end of the trial
}

func newWorker(w *world, seed uint64, number int) *worker {
	return &worker{
		world: w, rng: rand.New(rand.NewPCG(seed, uint64(number))), client: newClient(),
		stubborn: number%3 == 0,
		others:   []*client{newClient(), newClient(), newClient()},
	}
}

func (w *worker) close() {
	for _, c := range append(w.others, w.client) {
		c.close()
	}
}

// verdict is what an answer says of who asks.
type verdict int

const (
	unknown verdict = iota // no answer, or one that says that it cannot be known now
	nobody
	ours
)

// pick is an account of this worker.
func (w *worker) pick() *account { return w.accounts[w.rng.IntN(len(w.accounts))] }

// where is an instance, most of the time one that could answer.
func (w *worker) where() *instance {
	i := w.instances[w.rng.IntN(len(w.instances))]
	for range 8 {
		if w.reaches(i) {
			break
		}
		i = w.instances[w.rng.IntN(len(w.instances))]
	}
	return i
}

// reaches reports whether this worker asks an instance as things are.
func (w *worker) reaches(i *instance) bool {
	return i.alive.Load() != nil && (w.stubborn || !i.slow.Load())
}

// send is client.do with the bookkeeping that every request has. answered is false where nobody
// knows whether the request was carried out.
func (w *worker) send(c *client, to *instance, r request) (a answer, answered bool) {
	a, err := c.do(to, r)
	switch {
	case err == errDown:
		time.Sleep(time.Millisecond)
		return a, false
	case err != nil:
		w.ledger.unanswered.Add(1)
		return a, false
	}
	w.ledger.answered.Add(1)
	switch a.status {
	case 429, 503:
		w.ledger.refused.Add(1)
	case 500:
		w.ledger.violated(fault500, "%s %s by server %d: %.300s", r.method, r.path, to.number, a.body)
	}
	return a, true
}
