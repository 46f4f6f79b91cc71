package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// HashParams are argon2id's costs.
type HashParams struct {
	MemoryKiB uint32 // memory of one hash in KiB
	Passes    uint32 // passes over the memory
	Lanes     uint8  // parallel lanes
}

// OWASPHash is the first choice of the OWASP Password Storage cheat sheet and
// of ASVS 5.0 appendix C: 19 MiB, two passes, one lane.
var OWASPHash = HashParams{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1}

// Bounds on the costs that a stored hash may ask for. They keep a damaged or
// planted row from exhausting the machine.
const (
	maxHashMemory = 256 * 1024
	maxHashPasses = 16
	maxHashLanes  = 16
	saltBytes     = 16
	hashBytes     = 32
)

// Hasher hashes passwords, a bounded number at a time: each hash takes
// MemoryKiB, so an unbounded burst of sign-ins would exhaust memory. Others
// wait their turn up to the patience, then get ErrBusy.
type Hasher struct {
	params   HashParams
	patience time.Duration
	slots    chan struct{}
	dummy    string // what Verify works on when there is no account
}

const hashPatience = 4 * time.Second

// NewHasher returns a Hasher with one slot per processor.
func NewHasher(params HashParams) *Hasher {
	h := &Hasher{params: params, patience: hashPatience, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = h.encode("", randomSalt())
	return h
}

// Hash returns the PHC string of a password. ErrBusy when no slot gets free in
// time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return h.encode(password, randomSalt()), nil
}

// Verify reports whether the password belongs to the hash, and whether the
// hash should be renewed because the parameters changed. An empty hash never
// matches but costs the same work, so that an unknown address takes as long
// as a known one (ASVS 6.3.8).
func (h *Hasher) Verify(ctx context.Context, password, phc string) (match, outdated bool, err error) {
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	p, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, false, err
	}
	release, err := h.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	got := argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, uint32(len(want)))
	match = subtle.ConstantTimeCompare(got, want) == 1 && known
	return match, p != h.params, nil
}

// slot waits for a turn.
func (h *Hasher) slot(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ErrBusy
	}
}

func (h *Hasher) encode(password string, salt []byte) string {
	p := h.params
	sum := argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, hashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.MemoryKiB, p.Passes, p.Lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// parsePHC reads the PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func parsePHC(phc string) (p HashParams, salt, sum []byte, err error) {
	bad := func(what string) (HashParams, []byte, []byte, error) {
		return HashParams{}, nil, nil, fmt.Errorf("stored password hash: %s", what)
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad("not an argon2id PHC string")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Lanes); err != nil {
		return bad("unreadable parameters")
	}
	if p.Passes < 1 || p.Passes > maxHashPasses || p.Lanes < 1 || p.Lanes > maxHashLanes ||
		p.MemoryKiB < 8*uint32(p.Lanes) || p.MemoryKiB > maxHashMemory {
		return bad("parameters out of bounds")
	}
	b64 := base64.RawStdEncoding.Strict()
	if salt, err = b64.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return bad("unreadable salt")
	}
	if sum, err = b64.DecodeString(parts[5]); err != nil || len(sum) < 16 || len(sum) > 64 {
		return bad("unreadable hash")
	}
	return p, salt, sum, nil
}

func randomSalt() []byte {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return salt
}
