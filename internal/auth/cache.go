package auth

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultCacheBytes is room for about 10,000 sessions.
const DefaultCacheBytes = 16 << 20

// cookie is a session cookie that opens: what it says, and what the database said last of
// its session. Nobody changes one: many requests read it at the same time.
type cookie struct {
	value string
	says  Decoded
	known Session // the newest validation at hand: the database's, or the cookie's own

	shared bool // a copy of known shares something with it
}

// cache remembers cookies whose sessions were good when they were put here. A hit saves
// the decryption of a JWT and the query of an opaque token. It says nothing of what has
// become of the session since: that is for Endings and the clock to say, at every hit.
//
// It is in shards, so that requests do not wait for each other, and each shard is bounded
// in bytes.
type cache struct {
	seed   maphash.Seed
	shards []cacheShard
	most   int // bytes of one shard
}

type cacheShard struct {
	mu           sync.RWMutex
	entries      map[uint64]*cookie // by the keyed hash of the value
	bytes        int
	hits, misses atomic.Uint64 // of get so far; beside the lock, so that counting costs no cache line of its own
}

const (
	mostShards = 64
	shardBytes = 128 << 10 // a smaller cache has fewer shards: each has room for some sessions
)

// newCache returns a cache of so many bytes; 0 or less = it remembers nothing.
func newCache(bytes int) *cache {
	if bytes <= 0 {
		return &cache{}
	}
	n := min(max(bytes/shardBytes, 1), mostShards)
	c := &cache{seed: maphash.MakeSeed(), shards: make([]cacheShard, n), most: bytes / n}
	for i := range c.shards {
		c.shards[i].entries = map[uint64]*cookie{}
	}
	return c
}

// get returns what is remembered of a cookie; nil = nothing. The value is compared in full:
// two values with one hash must never be one session.
func (c *cache) get(value string) *cookie {
	if len(c.shards) == 0 {
		return nil
	}
	shard, key := c.place(value)
	shard.mu.RLock()
	known := shard.entries[key]
	shard.mu.RUnlock()
	if known == nil || known.value != value {
		shard.misses.Add(1)
		return nil
	}
	shard.hits.Add(1)
	return known
}

// put remembers the last answer, even over one that claims to be newer: it may be from
// before the clock was set back.
func (c *cache) put(known *cookie) {
	if len(c.shards) == 0 || known.bytes() > c.most {
		return
	}
	shard, key := c.place(known.value)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	shard.remove(key)
	for other := range shard.entries { // in no order: any is as good for a cache whose misses cost this little
		if shard.bytes+known.bytes() <= c.most {
			break
		}
		shard.remove(other)
	}
	shard.entries[key] = known
	shard.bytes += known.bytes()
}

// drop forgets a cookie.
func (c *cache) drop(value string) {
	if len(c.shards) == 0 {
		return
	}
	shard, key := c.place(value)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if known := shard.entries[key]; known != nil && known.value == value {
		shard.remove(key)
	}
}

// purge forgets what was validated before the given time.
func (c *cache) purge(before time.Time) {
	for i := range c.shards {
		shard := &c.shards[i]
		shard.mu.Lock()
		for key, known := range shard.entries {
			if known.known.ValidatedAt.Before(before) {
				shard.remove(key)
			}
		}
		shard.mu.Unlock()
	}
}

// size is how many cookies are remembered, and in how many bytes.
func (c *cache) size() (cookies, bytes int) {
	for i := range c.shards {
		shard := &c.shards[i]
		shard.mu.RLock()
		cookies, bytes = cookies+len(shard.entries), bytes+shard.bytes
		shard.mu.RUnlock()
	}
	return cookies, bytes
}

// asked is how often a cookie was remembered, and how often it was not.
func (c *cache) asked() (hits, misses uint64) {
	for i := range c.shards {
		hits += c.shards[i].hits.Load()
		misses += c.shards[i].misses.Load()
	}
	return hits, misses
}

func (c *cache) place(value string) (*cacheShard, uint64) {
	key := maphash.String(c.seed, value)
	return &c.shards[key%uint64(len(c.shards))], key
}

func (s *cacheShard) remove(key uint64) {
	if known := s.entries[key]; known != nil {
		s.bytes -= known.bytes()
		delete(s.entries, key)
	}
}

// newCookie is a cookie that opens, before the database is asked.
func newCookie(value string, says Decoded) *cookie {
	return &cookie{strings.Clone(value), says, says.Session, says.Session.shares()} // a part of the request's header would keep all of it
}

// with is the same cookie with a newer validation.
func (c *cookie) with(known Session) *cookie { return &cookie{c.value, c.says, known, known.shares()} }

// entryBytes is what an entry takes besides its texts: a cookie, its place in the map, and
// what the allocator rounds up.
const entryBytes = 1500

// bytes is about how much memory the entry takes.
func (c *cookie) bytes() int {
	n := entryBytes + len(c.value) + textBytes(c.says.Session) + textBytes(c.known)
	for name, claim := range c.known.Extra {
		n += len(name) + len(claim) + 64
	}
	return n
}

func textBytes(s Session) int {
	u := s.User
	n := len(s.ID) + len(s.TokenHash) + len(s.IP) + len(s.UserAgent) + len(u.ID) + len(u.Email) + len(u.Name) + len(u.Image) + len(u.Profile.Plan)
	for _, role := range u.Profile.Roles {
		n += len(role) + 16
	}
	return n
}
