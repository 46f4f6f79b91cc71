package auth

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"
	"time"
)

// changes is what an instance knows of sessions that ended or changed: flat tables without
// a pointer in them, since there may be a million entries and every request looks here
// twice. An entry takes 32 bytes, and 60 with the room that a table keeps free.
//
// The tables have no ids but 128 bits of keyed hashes of them: who cannot see the keys,
// which are new with every start, cannot make two ids meet, and by chance a million do so
// once in 10²⁶ starts.
type changes struct {
	seeds   [2]maphash.Seed
	reasons *reasons
	tables  []changeTable // so that a request waits for one in 64 at most
}

const changeTables = 64 // a power of two

func newChanges() changes {
	return changes{[2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, &reasons{}, make([]changeTable, changeTables)}
}

// changeTable is a hash table with open addressing and linear probing.
type changeTable struct {
	mu    sync.RWMutex
	slots []changeSlot
	used  int
}

// changeSlot is an entry as it lies in a table.
type changeSlot struct {
	id      [2]uint64 // the hashes of the session's id; zero = the slot is free
	at      int64     // when the change was made, in milliseconds since 1970
	learned int64     // when this instance learned of it, in milliseconds since 1970, times 256, plus the number of the reason; 0 = it has not ended
}

// knownChange is an entry as it is read.
type knownChange struct {
	ended   Reason    // "" = the session changed
	learned time.Time // to the millisecond, rounded up
}

func (c *changes) get(sessionID string) (knownChange, bool) {
	id := c.hash(sessionID)
	t := c.table(id)
	t.mu.RLock()
	defer t.mu.RUnlock()
	i, found := t.find(id)
	if !found {
		return knownChange{}, false
	}
	learned := t.slots[i].learned
	return knownChange{c.reasons.name(learned & 255), time.UnixMilli(learned >> 8)}, true
}

// put takes in a change that this instance learns of now, and reports whether it is news.
// An ending is final, and the first reason stays.
func (c *changes) put(change Change, learned time.Time) (news bool) {
	id := c.hash(change.SessionID)
	t := c.table(id)
	t.mu.Lock()
	defer t.mu.Unlock()
	at := change.At.UnixMilli()
	i, known := t.find(id)
	if known && (t.slots[i].learned&255 != 0 || change.Ended == "" && at <= t.slots[i].at) {
		return false
	}
	if !known {
		i = t.free(id)
	}
	rounded := learned.Add(time.Millisecond - 1).UnixMilli()
	t.slots[i] = changeSlot{id, at, rounded<<8 | c.reasons.number(change.Ended)}
	return true
}

// forget removes what was learned before the given time.
func (c *changes) forget(before time.Time) {
	oldest := before.UnixMilli() << 8
	for i := range c.tables {
		c.tables[i].forget(oldest)
	}
}

func (c *changes) size() (n int) {
	for i := range c.tables {
		t := &c.tables[i]
		t.mu.RLock()
		n += t.used
		t.mu.RUnlock()
	}
	return n
}

func (c *changes) hash(sessionID string) [2]uint64 {
	return [2]uint64{maphash.String(c.seeds[0], sessionID) | 1, maphash.String(c.seeds[1], sessionID)}
}

func (c *changes) table(id [2]uint64) *changeTable { return &c.tables[id[0]>>58] }

// find returns the slot of an entry, or the free one at which looking for it ended.
func (t *changeTable) find(id [2]uint64) (slot int, found bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	for i := t.home(id); ; i = t.after(i) {
		switch t.slots[i].id {
		case id:
			return i, true
		case [2]uint64{}:
			return i, false
		}
	}
}

// home is where the search for an entry begins.
func (t *changeTable) home(id [2]uint64) int {
	at, _ := bits.Mul64(id[1], uint64(len(t.slots)))
	return int(at)
}

func (t *changeTable) after(slot int) int {
	if slot++; slot == len(t.slots) {
		return 0
	}
	return slot
}

// free takes a slot for a new entry. The table grows by half when it is four fifths full.
func (t *changeTable) free(id [2]uint64) int {
	if t.used++; t.used*5 > len(t.slots)*4 {
		t.resize(max(16, len(t.slots)*3/2))
	}
	i, _ := t.find(id)
	return i
}

func (t *changeTable) resize(slots int) {
	old := t.slots
	t.slots = make([]changeSlot, slots)
	for _, s := range old {
		if s.id != [2]uint64{} {
			i, _ := t.find(s.id)
			t.slots[i] = s
		}
	}
}

func (t *changeTable) forget(oldest int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := 0; i < len(t.slots); {
		if s := &t.slots[i]; s.id != [2]uint64{} && s.learned < oldest {
			t.remove(i) // puts another entry here, perhaps
		} else {
			i++
		}
	}
	if t.used*4 < len(t.slots) && len(t.slots) > 16 {
		t.resize(max(16, t.used*3/2))
	}
}

// remove frees a slot, and moves what lies behind it and would not be found any more.
func (t *changeTable) remove(hole int) {
	t.used--
	t.slots[hole] = changeSlot{}
	for i := t.after(hole); t.slots[i].id != [2]uint64{}; i = t.after(i) {
		home := t.home(t.slots[i].id)
		if t.distance(home, i) >= t.distance(hole, i) {
			t.slots[hole], t.slots[i] = t.slots[i], changeSlot{}
			hole = i
		}
	}
}

func (t *changeTable) distance(from, to int) int {
	if to < from {
		to += len(t.slots)
	}
	return to - from
}

// reasons gives each reason a number from 1 to 255; "" is 0. There are a dozen: those that
// the engine and its project store.
type reasons struct {
	mu    sync.RWMutex
	names []Reason
}

func (r *reasons) name(number int64) Reason {
	if number == 0 {
		return ""
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.names[number-1]
}

// number is that of the last reason, once there are 255: a session has ended, whatever it
// is called.
func (r *reasons) number(name Reason) int64 {
	if name == "" {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.names, name)
	if i < 0 && len(r.names) < 255 {
		r.names = append(r.names, name)
		i = len(r.names) - 1
	}
	if i < 0 {
		i = 254
	}
	return int64(i + 1)
}
