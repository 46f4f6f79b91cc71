package accounts

import (
	"cmp"
	"context"
	"crypto/subtle"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
)

// Hasher hashes passwords, a bounded number at a time: each hash takes
// MemoryKiB and a processor, so an unbounded burst of sign-ins would exhaust the
// memory and leave nothing to the users who are signed in.
type Hasher struct {
	params HashParams
	dummy  string        // what Verify works on when there is no account
	places chan struct{} // one for each caller, hashing or waiting: the waiting room
	slots  chan struct{} // one for each hash being made
	log    *slog.Logger

	refused atomic.Int64  // since the last line in the log
	turned  atomic.Uint64 // refused so far
	done    atomic.Uint64 // work of all hashes so far, in KiB filled
}

const (
	// hashPatience is how long a caller waits for a slot.
	hashPatience = 4 * time.Second
	// waitingPerSlot is how many callers may wait for each slot: at 30 ms a hash
	// the last one is served in two seconds, within the patience.
	waitingPerSlot = 64
)

// hashSlots is how many hashes are made at once: one processor stays free for
// everything else. On a single one they take turns with the rest.
func hashSlots() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// NewHasher returns a Hasher. log gets a line for each second in which callers
// were refused, and for each hash that cannot be read; nil = slog.Default().
func NewHasher(params HashParams, log *slog.Logger) *Hasher {
	slots := hashSlots()
	h := &Hasher{
		params: params, log: cmp.Or(log, slog.Default()),
		slots: make(chan struct{}, slots), places: make(chan struct{}, slots+slots*waitingPerSlot),
	}
	h.dummy = formatPHC(params, randomSalt(), randomBytes(hashBytes)) // no password has it, and a start costs no hash
	return h
}

// Hash returns the PHC string of a password. ErrBusy at once when the waiting
// room is full, and when no slot gets free in time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return h.encode(password, randomSalt()), nil
}

// Verify reports whether the password belongs to the hash, and whether the
// hash should be renewed because the parameters changed. ErrBusy as with Hash.
//
// It costs the same work for every account, so that its time tells nothing (ASVS
// 6.3.8): without a hash, and with one that cannot be read, it works on a dummy
// and does not match; work that an older hash saves is done all the same.
func (h *Hasher) Verify(ctx context.Context, password, phc string) (match, outdated bool, err error) {
	p, salt, want, err := parsePHC(phc)
	known := err == nil
	if !known {
		if phc != "" {
			h.log.WarnContext(ctx, "a stored password hash cannot be used: its owner has to reset the password", "error", err)
		}
		p, salt, want, _ = parsePHC(h.dummy)
	}
	release, err := h.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	got := h.derive(password, salt, p, uint32(len(want)))
	h.topUp(p)
	match = subtle.ConstantTimeCompare(got, want) == 1 && known
	return match, p != h.params, nil
}

// topUp does the work by which today's parameters exceed those of a hash.
func (h *Hasher) topUp(p HashParams) {
	if p.work() >= h.params.work() {
		return
	}
	missing := h.params.work() - p.work()
	passes := (missing + uint64(h.params.MemoryKiB) - 1) / uint64(h.params.MemoryKiB)
	h.derive("", make([]byte, saltBytes), HashParams{MemoryKiB: uint32(missing / passes), Passes: uint32(passes), Lanes: 1}, hashBytes)
}

func (h *Hasher) encode(password string, salt []byte) string {
	return formatPHC(h.params, salt, h.derive(password, salt, h.params, hashBytes))
}

func (h *Hasher) derive(password string, salt []byte, p HashParams, length uint32) []byte {
	h.done.Add(p.work())
	return argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, length)
}

// slot waits for a turn.
func (h *Hasher) slot(ctx context.Context) (release func(), err error) {
	select {
	case h.places <- struct{}{}:
	default:
		h.refuse()
		return nil, ErrBusy
	}
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.places }, nil
	case <-ctx.Done():
		<-h.places
		h.refuse()
		return nil, ErrBusy
	}
}

// refuse counts a refusal. A burst of thousands is one line a second in the log.
func (h *Hasher) refuse() {
	h.turned.Add(1)
	if h.refused.Add(1) == 1 {
		time.AfterFunc(time.Second, func() {
			h.log.Warn("password hashing is saturated: sign-ins were refused", "refused", h.refused.Swap(0))
		})
	}
}
