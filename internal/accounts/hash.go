package accounts

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// HashParams are argon2id's costs.
type HashParams struct {
	MemoryKiB uint32 // memory of one hash in KiB
	Passes    uint32 // passes over the memory
	Lanes     uint8  // parallel lanes
}

// work is what a hash with these parameters costs, in KiB filled. Lanes share it.
func (p HashParams) work() uint64 { return uint64(p.MemoryKiB) * uint64(p.Passes) }

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
	if formatPHC(p, salt, sum) != phc { // the parsers of Go overlook what stands behind a number, or between digits
		return bad("not spelt as a PHC string is")
	}
	return p, salt, sum, nil
}

func randomSalt() []byte { return randomBytes(saltBytes) }

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	return b
}

// formatPHC is the inverse of parsePHC.
func formatPHC(p HashParams, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.MemoryKiB, p.Passes, p.Lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}
