package auth

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func aCookie(value string) *cookie {
	return newCookie(value, Decoded{Session: Session{ID: "id of " + value, ValidatedAt: time.Unix(1_700_000_000, 0)}})
}

// The cache is bounded in bytes, whoever fills it, and keeps the last one.
func TestTheCacheIsBounded(t *testing.T) {
	for _, most := range []int{4 * entryBytes, 1 << 20, DefaultCacheBytes} {
		c := newCache(most)
		for i := range 40_000 {
			known := aCookie(strings.Repeat("x", i%8000) + strconv.Itoa(i))
			c.put(known)
			if got := c.get(known.value); (got == nil) != (known.bytes() > c.most) {
				t.Fatalf("a cache of %d bytes keeps the last cookie, of %d: %v", most, known.bytes(), got != nil)
			}
		}
		if cookies, bytes := c.size(); cookies == 0 || bytes > most {
			t.Errorf("a cache of %d bytes holds %d cookies in %d", most, cookies, bytes)
		}
	}
}

// What the cache says of its size is about what it takes.
func TestTheCacheKnowsItsSize(t *testing.T) {
	c, before := newCache(DefaultCacheBytes), heapBytes()
	for i := range 50_000 {
		known := aCookie(strings.Repeat("x", 800) + strconv.Itoa(i))
		c.put(known.with(Session{ID: NewID(), User: User{ID: NewID(), Name: NewID()}}))
	}
	_, said := c.size()
	if took := heapBytes() - before; took > said*5/4 || took < said/2 {
		t.Errorf("the cache takes %d bytes and says %d", took, said)
	}
	runtime.KeepAlive(c)
}

// Two values with one hash are two cookies: the value is compared in full.
func TestAHashIsNoSession(t *testing.T) {
	c := newCache(DefaultCacheBytes)
	c.put(aCookie("ada"))
	shard, key := c.place("ada")
	other, otherKey := c.place("bob")
	other.entries[otherKey] = shard.entries[key] // as if their hashes met
	if got := c.get("bob"); got != nil {
		t.Errorf("bob's cookie is %q", got.known.ID)
	}
	c.drop("bob")
	if other.entries[otherKey] == nil {
		t.Error("dropping bob's cookie has dropped ada's")
	}
}

func TestTheCacheForgets(t *testing.T) {
	c := newCache(DefaultCacheBytes)
	c.put(aCookie("ada"))
	c.put(aCookie("bob"))
	c.drop("bob")
	if c.get("bob") != nil || c.get("ada") == nil {
		t.Error("drop forgets another one")
	}
	c.purge(time.Unix(1_700_000_000, 0))
	if c.get("ada") == nil {
		t.Error("purge forgets what is new enough")
	}
	c.purge(time.Unix(1_700_000_001, 0))
	if n, bytes := c.size(); n != 0 || bytes != 0 {
		t.Errorf("%d cookies in %d bytes are left, want none", n, bytes)
	}
	off := newCache(-1)
	off.put(aCookie("ada"))
	if off.drop("ada"); off.get("ada") != nil {
		t.Error("a cache that is off remembers")
	}
}
