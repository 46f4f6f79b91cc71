package ratelimit

import (
	"slices"
	"sync"
)

// mostWaiting is how many tries of one bucket wait for those under way: a crowd is refused
// at once.
const mostWaiting = 64

// flights are the tries of each bucket that are under way on this instance.
type flights struct {
	mu  sync.Mutex
	all map[string]*flight
}

type flight struct {
	count   int
	waiting []chan struct{} // closed one by one, as tries land
}

func (f *flights) begin(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[string]*flight{}
	}
	if f.all[key] == nil {
		f.all[key] = &flight{}
	}
	f.all[key].count++
}

// wait returns a channel that is closed when it is the caller's turn to try once more; nil
// = no try is under way, or too many wait. leave gives the turn up.
func (f *flights) wait(key string) (turn chan struct{}, leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.all[key]
	if one == nil || len(one.waiting) >= mostWaiting {
		return nil, nil
	}
	turn = make(chan struct{})
	one.waiting = append(one.waiting, turn)
	return turn, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		one.waiting = slices.DeleteFunc(one.waiting, func(c chan struct{}) bool { return c == turn })
	}
}

// land ends a try: the next in line has a turn, and all of them when none is under way any
// more.
func (f *flights) land(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.all[key]
	if one == nil {
		return
	}
	turns := min(1, len(one.waiting))
	if one.count--; one.count == 0 {
		turns = len(one.waiting)
		delete(f.all, key)
	}
	for _, turn := range one.waiting[:turns] {
		close(turn)
	}
	one.waiting = one.waiting[turns:]
}
