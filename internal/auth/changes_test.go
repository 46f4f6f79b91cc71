package auth

import (
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// model is what changes does, in the plainest way.
type model map[string]modelEntry

type modelEntry struct {
	Change
	learned time.Time
}

func (m model) put(c Change, learned time.Time) (news bool) {
	old, known := m[c.SessionID]
	if known && (old.Ended != "" || c.Ended == "" && !c.At.After(old.At)) {
		return false
	}
	m[c.SessionID] = modelEntry{c, learned}
	return true
}

func (m model) forget(before time.Time) {
	for id, known := range m {
		if known.learned.Before(before) {
			delete(m, id)
		}
	}
}

// Whatever is put in and forgotten in whatever order, the tables say what a map would.
func TestChangesAreThoseOfAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	c, m := newChanges(), model{}
	now := time.UnixMilli(1_700_000_000_000)
	all := []Reason{"", ReasonLimit, ReasonSignedOut, "of a project"}
	anyone := func() string { return strconv.Itoa(random.IntN(30_000)) }
	check := func(id string) {
		t.Helper()
		got, ok := c.get(id)
		want, known := m[id]
		if ok != known || got.ended != want.Ended || ok && !got.learned.Equal(want.learned) {
			t.Fatalf("session %s is %+v, %v, want %+v, %v", id, got, ok, want, known)
		}
	}
	for round := range 200_000 {
		now = now.Add(time.Millisecond)
		change := Change{SessionID: anyone(), At: now.Add(-time.Duration(random.IntN(50)) * time.Millisecond), Ended: all[random.IntN(len(all))]}
		if got, want := c.put(change, now), m.put(change, now); got != want {
			t.Fatalf("putting %+v is news: %v, want %v", change, got, want)
		}
		check(change.SessionID)
		check(anyone())
		if round%10_000 == 0 {
			before := now.Add(-time.Duration(random.IntN(20_000)) * time.Millisecond)
			c.forget(before)
			m.forget(before)
		}
	}
	for id := range 30_000 {
		check(strconv.Itoa(id))
	}
	if c.size() != len(m) {
		t.Errorf("there are %d entries, want %d", c.size(), len(m))
	}
}

// heapBytes is what is in use.
func heapBytes() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Many entries take 64 bytes each at most, however many there are, and give the memory back.
func TestChangesTakeLittleRoom(t *testing.T) {
	const most = 300_000
	c := newChanges()
	before, now := heapBytes(), time.UnixMilli(1_700_000_000_000)
	for n := 1; n <= most; n++ {
		c.put(Change{SessionID: "session " + strconv.Itoa(n), At: now, Ended: ReasonLimit}, now)
		if n >= 100_000 && n%20_000 == 0 {
			if each := (heapBytes() - before) / n; each > 64 {
				t.Errorf("%d entries take %d bytes each, want 64 at most", n, each)
			}
		}
	}
	c.forget(now.Add(time.Second))
	if left := heapBytes() - before; left > most {
		t.Errorf("%d bytes are kept for nothing", left)
	}
	runtime.KeepAlive(c)
}

// A reason that nobody expects is a reason, and an ending stays one, however many reasons a
// database invents.
func TestManyReasons(t *testing.T) {
	c, now := newChanges(), time.UnixMilli(1_700_000_000_000)
	reason := func(i int) Reason { return Reason("reason " + strconv.Itoa(i)) }
	for i := range 1000 {
		c.put(Change{SessionID: strconv.Itoa(i), At: now, Ended: reason(i)}, now)
	}
	for i := range 1000 {
		if got, _ := c.get(strconv.Itoa(i)); got.ended == "" || i < 200 && got.ended != reason(i) {
			t.Errorf("the session that ended by %q has ended by %q", reason(i), got.ended)
		}
	}
}

func BenchmarkChanges(b *testing.B) {
	for _, n := range []int{0, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			c, now := newChanges(), time.Now()
			ids := make([]string, 4096)
			for i := range max(n, len(ids)) {
				id := NewID()
				if i < n {
					c.put(Change{SessionID: id, At: now}, now)
				}
				ids[i%len(ids)] = id
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				c.get(ids[i%len(ids)])
			}
		})
	}
}
