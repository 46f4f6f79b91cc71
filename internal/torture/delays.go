package main

import (
	"slices"
	"sync"
	"time"
)

// delays are how long after an acknowledgement something went on; 0 = not at all.
type delays struct {
	mu  sync.Mutex
	all []time.Duration
}

func (d *delays) add(v time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, v)
}

// spread is what is told of many delays.
type spread struct {
	Count    int           `json:"count"`
	Accepted int           `json:"accepted"` // how many were not 0
	P99      time.Duration `json:"p99"`
	Max      time.Duration `json:"max"`
}

func (d *delays) spread() spread {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.Sort(d.all)
	s := spread{Count: len(d.all)}
	if s.Count == 0 {
		return s
	}
	none, _ := slices.BinarySearch(d.all, 1)
	s.Accepted = s.Count - none
	s.P99, s.Max = d.all[(s.Count-1)*99/100], d.all[s.Count-1]
	return s
}
