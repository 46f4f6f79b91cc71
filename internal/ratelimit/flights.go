package ratelimit

import "sync"

// flights are the tries of each bucket that are under way on this instance.
type flights struct {
	mu  sync.Mutex
	all map[string]*flight
}

type flight struct {
	count  int
	landed chan struct{} // closed when the next of them lands
}

func (f *flights) begin(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[string]*flight{}
	}
	if f.all[key] == nil {
		f.all[key] = &flight{landed: make(chan struct{})}
	}
	f.all[key].count++
}

// next is closed when one of the tries lands; nil = none is under way.
func (f *flights) next(key string) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all[key] == nil {
		return nil
	}
	return f.all[key].landed
}

func (f *flights) land(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.all[key]
	if one == nil {
		return
	}
	close(one.landed)
	one.landed = make(chan struct{})
	if one.count--; one.count == 0 {
		delete(f.all, key)
	}
}
