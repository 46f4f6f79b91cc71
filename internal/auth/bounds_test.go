package auth

import (
	"strconv"
	"testing"
)

// The cache is bounded, whoever fills it.
func TestTheCacheIsBounded(t *testing.T) {
	c := newCache()
	for i := range cacheSize + 100 {
		c.put(Key{ID: strconv.Itoa(i)}, Session{ID: strconv.Itoa(i)})
	}
	if n := len(c.seen); n != cacheSize {
		t.Errorf("the cache holds %d sessions after %d, want %d", n, cacheSize+100, cacheSize)
	}
	last := strconv.Itoa(cacheSize + 99)
	if got := c.get(Key{ID: last}); got.ID != last {
		t.Errorf("the cache has forgotten the last session: %q", got.ID)
	}
}
