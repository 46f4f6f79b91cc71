package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
)

const (
	findsApart    = 4               // questions that travel alone at the same time
	findsTogether = 64              // in one round trip, at most
	findTimeout   = 2 * time.Second // of a round trip that several wait for, as the engine gives each of them
)

// finder is a queue for questions after sessions. A few travel alone, each on a connection of
// its own; those that come while these are under way go together in the next round trip,
// which costs a third of what they would cost apart (BenchmarkSixteenMisses).
type finder struct {
	mu      sync.Mutex
	busy    int // round trips under way
	waiting []*waitingFind
}

// waitingFind is a question that waits for others.
type waitingFind struct {
	key     auth.Key
	session auth.Session
	err     error
	done    chan struct{} // closed with the answer
}

var errUnasked = errors.New("the question was not put")

// find is findSession, perhaps together with others. It is put after the call in any case:
// nobody gets an answer that was on its way before they asked.
func (s *Store) find(ctx context.Context, key auth.Key) (auth.Session, error) {
	f := &s.finder
	f.mu.Lock()
	if f.busy < findsApart {
		f.busy++
		f.mu.Unlock()
		defer s.findNext()
		return findSession(ctx, s.pool, key)
	}
	q := &waitingFind{key: key, err: errUnasked, done: make(chan struct{})}
	f.waiting = append(f.waiting, q)
	f.mu.Unlock()
	dbtrace.Add(ctx) // the round trip itself is nobody's alone
	select {
	case <-q.done:
		return q.session, q.err
	case <-ctx.Done():
		return auth.Session{}, ctx.Err()
	}
}

// findNext hands the place of a round trip that is over to those who wait.
func (s *Store) findNext() {
	f := &s.finder
	f.mu.Lock()
	n := min(len(f.waiting), findsTogether)
	next := f.waiting[:n:n]
	if f.waiting = f.waiting[n:]; len(f.waiting) == 0 {
		f.waiting = nil
	}
	if n == 0 {
		f.busy--
	}
	f.mu.Unlock()
	if n > 0 {
		go s.findAll(next)
	}
}

func (s *Store) findAll(all []*waitingFind) {
	defer s.findNext()
	ctx, cancel := context.WithTimeout(context.Background(), findTimeout)
	defer cancel()
	var batch pgx.Batch
	for _, q := range all {
		statement, arg := finding(q.key)
		batch.Queue(statement, arg).QueryRow(func(row pgx.Row) error {
			q.session, q.err = scanSession(row)
			return nil // what one is told is nothing to the others
		})
	}
	err := s.pool.SendBatch(ctx, &batch).Close()
	for _, q := range all {
		if q.err == errUnasked {
			q.err = errors.Join(err, q.err)
		}
		close(q.done)
	}
}
