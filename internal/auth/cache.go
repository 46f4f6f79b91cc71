package auth

import (
	"sync"
	"time"
)

// cache remembers sessions that the database has vouched for. Under the
// database strategy it saves the query; under jwt it keeps a page's parallel
// requests, which all hold the same old token, from asking once each.
// The View decides whether what it remembers may still be used.
type cache struct {
	mu   sync.Mutex
	seen map[string]Session
}

// cacheSize bounds the memory: about 1 kB an entry.
const cacheSize = 10_000

func newCache() *cache { return &cache{seen: map[string]Session{}} }

func (c *cache) get(key Key) Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[key.String()]
}

// put remembers the last answer, even over one that claims to be newer: it may
// be from before the clock was set back.
func (c *cache) put(key Key, s Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := key.String()
	if len(c.seen) >= cacheSize {
		c.evictOne()
	}
	c.seen[k] = s
}

// evictOne drops whichever entry the map yields first, which is a random one:
// as good as any for a cache whose misses cost one indexed query.
func (c *cache) evictOne() {
	for k := range c.seen {
		delete(c.seen, k)
		return
	}
}

// drop forgets one session.
func (c *cache) drop(key Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seen, key.String())
}

// purge forgets everything validated before the given time.
func (c *cache) purge(before time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, s := range c.seen {
		if s.ValidatedAt.Before(before) {
			delete(c.seen, k)
		}
	}
}
