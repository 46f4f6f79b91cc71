package accounts

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fast are the cheapest costs argon2id takes.
var fast = HashParams{MemoryKiB: 8, Passes: 1, Lanes: 1}

func TestHasher(t *testing.T) { // PW-1
	h := NewHasher(OWASPHash, nil)
	a, err := h.Hash(t.Context(), "seven quiet ships")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash = %q, want a PHC string with OWASP's parameters", a)
	}
	if b, _ := h.Hash(t.Context(), "seven quiet ships"); a == b {
		t.Error("two hashes of one password are equal, want a salt in each")
	}
	match, outdated, err := h.Verify(t.Context(), "seven quiet ships", a)
	if !match || outdated || err != nil {
		t.Errorf("Verify(right password) = %v, %v, %v, want a match that is up to date", match, outdated, err)
	}
	for _, wrong := range []string{"", "seven quiet ship", "Seven quiet ships", "seven quiet ships "} {
		if match, _, _ := h.Verify(t.Context(), wrong, a); match {
			t.Errorf("Verify(%q) matches, want only the right password to", wrong)
		}
	}
}

func TestLongPasswordsAreNotTruncated(t *testing.T) { // PW-3
	h := NewHasher(fast, nil)
	long := strings.Repeat("x", 72)
	hash, _ := h.Hash(t.Context(), long+"one")
	if match, _, _ := h.Verify(t.Context(), long+"two", hash); match {
		t.Error("passwords that differ after 72 bytes are the same, want every byte to count")
	}
}

func TestNoAccountNeverMatches(t *testing.T) { // LG-2
	h := NewHasher(fast, nil)
	for _, password := range []string{"", "anything"} {
		if match, _, err := h.Verify(t.Context(), password, ""); match || err != nil {
			t.Errorf("Verify(%q, no hash) = %v, %v, want no match and no error", password, match, err)
		}
	}
}

func TestOldParametersAreOutdated(t *testing.T) { // PW-2
	old, _ := NewHasher(fast, nil).Hash(t.Context(), "seven quiet ships")
	match, outdated, err := NewHasher(HashParams{MemoryKiB: 16, Passes: 1, Lanes: 1}, nil).Verify(t.Context(), "seven quiet ships", old)
	if !match || !outdated || err != nil {
		t.Errorf("Verify(old hash) = %v, %v, %v, want a match that is outdated", match, outdated, err)
	}
}

func TestPHCBounds(t *testing.T) { // PW-2
	const salt, sum = "c2FsdHNhbHRzYWx0c2FsdA", "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
	bad := []string{
		"plain text", "$2b$12$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=16,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=16$m=16,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=8388608,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=16,t=1000,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=16,t=0,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=16,t=1,p=0$" + salt + "$" + sum,
		"$argon2id$v=19$m=99999999999,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=16,t=1,p=1$!$" + sum,
		"$argon2id$v=19$m=16,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=16,t=1,p=1$" + salt,
	}
	h := NewHasher(fast, slog.New(slog.DiscardHandler))
	for _, phc := range bad {
		if _, _, _, err := parsePHC(phc); err == nil {
			t.Errorf("parsePHC(%.40q) has no error, want it refused before any work", phc)
		}
		if match, _, err := h.Verify(t.Context(), "x", phc); match || err != nil {
			t.Errorf("Verify against %.40q = %v, %v, want no match and no error", phc, match, err)
		}
	}
	if _, _, _, err := parsePHC("$argon2id$v=19$m=16,t=1,p=1$" + salt + "$" + sum); err != nil {
		t.Errorf("parsePHC(a good string) = %v, want no error", err)
	}
}

func TestOneProcessorStaysFree(t *testing.T) { // DO-3
	for processors, want := range map[int]int{1: 1, 2: 1, 3: 2, 8: 7} {
		before := runtime.GOMAXPROCS(processors)
		if got := cap(NewHasher(fast, nil).slots); got != want {
			t.Errorf("on %d processors %d hashes are made at once, want %d", processors, got, want)
		}
		runtime.GOMAXPROCS(before)
	}
}

func TestHashingIsBounded(t *testing.T) { // DO-3
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(fast, slog.New(slog.DiscardHandler))
		release := fill(h)
		start := time.Now()
		if _, err := h.Hash(t.Context(), "x"); !errors.Is(err, ErrBusy) {
			t.Errorf("Hash with every slot taken = %v, want ErrBusy", err)
		}
		if waited := time.Since(start); waited != hashPatience {
			t.Errorf("Hash gave up after %v, want %v", waited, hashPatience)
		}
		time.AfterFunc(time.Second, release)
		if _, err := h.Hash(t.Context(), "x"); err != nil {
			t.Errorf("Hash with a slot free after a second = %v, want it to wait its turn", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		fill(h)
		if _, _, err := h.Verify(ctx, "x", ""); !errors.Is(err, ErrBusy) {
			t.Errorf("Verify for a client that left = %v, want ErrBusy", err)
		}
		if st := h.stats(); st.Refused != 2 || st.Waiting != 0 || st.Running != st.Slots {
			t.Errorf("after two refusals, with every slot taken, stats = %+v", st)
		}
		if waiting := len(h.places) - len(h.slots); waiting != 0 {
			t.Errorf("%d places are taken by callers who have gone, want none", waiting)
		}
	})
}

// fill takes every slot, and returns what gives one back.
func fill(h *Hasher) (release func()) {
	for len(h.slots) < cap(h.slots) {
		h.slots <- struct{}{}
		h.places <- struct{}{}
	}
	return func() { <-h.slots; <-h.places }
}

func TestAFullWaitingRoomRefusesAtOnce(t *testing.T) { // DO-3
	synctest.Test(t, func(t *testing.T) {
		var lines strings.Builder
		h := NewHasher(fast, slog.New(slog.NewTextHandler(&lines, nil)))
		fill(h)
		var waiting sync.WaitGroup
		for range cap(h.slots) * waitingPerSlot {
			waiting.Go(func() { h.Hash(t.Context(), "x") })
		}
		synctest.Wait()
		start := time.Now()
		for range 4000 {
			if _, err := h.Hash(t.Context(), "x"); !errors.Is(err, ErrBusy) {
				t.Fatalf("Hash with a full waiting room = %v, want ErrBusy", err)
			}
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("4,000 refusals took %v, want them at once", waited)
		}
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		if got := strings.Count(lines.String(), "saturated"); got != 1 || !strings.Contains(lines.String(), "refused=4000") {
			t.Errorf("4,000 refusals are %d lines in the log, want one that counts them:\n%s", got, lines.String())
		}
		waiting.Wait()
	})
}

// PW-2: a hash from the database is read in one spelling and asks for no more than it may, or
// it is refused: nothing panics, and no row has a sign-in take all memory.
func FuzzParsePHC(f *testing.F) {
	good := formatPHC(OWASPHash, make([]byte, saltBytes), make([]byte, hashBytes))
	for _, seed := range []string{"", good, good + "$", good[:len(good)-1], good[:len(good)-5] + "\n" + good[len(good)-5:], "$2b$12$" + good} {
		f.Add(seed)
	}
	for _, costs := range []string{"m=4294967295,t=1,p=1", "m=8,t=-1,p=256", "m=8,t=1,p=1x", "m=008,t=1,p=1", "m=8,t=0,p=1", "t=1,m=8,p=1", "m=8, t=1,p=1"} {
		f.Add(strings.Replace(good, "m=19456,t=2,p=1", costs, 1))
	}
	f.Fuzz(func(t *testing.T, phc string) {
		p, salt, sum, err := parsePHC(phc)
		if err != nil {
			return
		}
		if p.MemoryKiB > maxHashMemory || p.Passes > maxHashPasses || p.Lanes > maxHashLanes || p.Passes == 0 || p.Lanes == 0 || len(sum) > 64 {
			t.Fatalf("parsePHC(%q) = %+v, want it refused", phc, p)
		}
		if again := formatPHC(p, salt, sum); again != phc {
			t.Fatalf("parsePHC(%q) reads what is written %q, want one spelling", phc, again)
		}
	})
}
