package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

// Each question of a round trip gets its own answer; one that has no answer, or whose request
// is over, changes nothing for the others.
func TestQuestionsThatComeTogether(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 100)
	s.finder.busy = findsApart // as many travel alone as may
	gone, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			id := fmt.Sprintf("session-%04d", i)
			switch i % 10 {
			case 3:
				if _, err := s.Find(t.Context(), auth.Key{ID: "no-" + id}); !errors.Is(err, auth.ErrNotFound) {
					t.Errorf("Find of what there is not = %v, want ErrNotFound", err)
				}
			case 7:
				if _, err := s.Find(gone, auth.Key{ID: id}); !errors.Is(err, context.Canceled) {
					t.Errorf("Find for a request that is over = %v, want that", err)
				}
			default:
				if got, err := s.Find(t.Context(), auth.Key{ID: id}); err != nil || got.ID != id || got.User.ID != "ada" {
					t.Errorf("Find(%s) = %s of %q, %v", id, got.ID, got.User.ID, err)
				}
			}
		})
	}
	waiting := func() int {
		s.finder.mu.Lock()
		defer s.finder.mu.Unlock()
		return len(s.finder.waiting)
	}
	for waiting() < 100 {
		time.Sleep(time.Millisecond)
	}
	leave()
	s.findNext()
	all.Wait()
	for waiting() > 0 || s.busy() == findsApart {
		time.Sleep(time.Millisecond)
	}
	if s.busy() != findsApart-1 {
		t.Errorf("%d round trips are under way afterwards, want one less than before", s.busy())
	}
}

func (s *Store) busy() int {
	s.finder.mu.Lock()
	defer s.finder.mu.Unlock()
	return s.finder.busy
}

// Where the database fails, all of a round trip are told so: nobody is taken for somebody.
func TestQuestionsThatFailTogether(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	s.finder.busy = findsApart
	s.pool.Close()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got, err := s.Find(t.Context(), auth.Key{ID: "session-0000"}); !errors.Is(err, auth.ErrUnavailable) {
				t.Errorf("Find on a closed pool = %+v, %v, want ErrUnavailable", got, err)
			}
		})
	}
	for s.finder.mu.Lock(); len(s.finder.waiting) < 10; s.finder.mu.Lock() {
		s.finder.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	s.finder.mu.Unlock()
	s.findNext()
	all.Wait()
}

// BenchmarkSixteenMisses is whether requests for sixteen sessions that nobody remembers should
// put their questions in one round trip: apart, on connections of their own, and together, in
// a batch. The time is of all sixteen.
func BenchmarkSixteenMisses(b *testing.B) {
	s := open(b, testenv.Postgres(b))
	var keys [16]auth.Key
	for i := range keys {
		keys[i].TokenHash = []byte(rand.Text() + rand.Text())[:32]
	}
	b.Run("apart", func(b *testing.B) {
		for b.Loop() {
			var all sync.WaitGroup
			for _, key := range keys {
				all.Go(func() {
					if _, err := findSession(b.Context(), s.pool, key); err != pgx.ErrNoRows {
						b.Error(err)
					}
				})
			}
			all.Wait()
		}
	})
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			var batch pgx.Batch
			for _, key := range keys {
				statement, arg := finding(key)
				batch.Queue(statement, arg)
			}
			if err := s.pool.SendBatch(b.Context(), &batch).Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
