package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// limitProofs makes the confirmation "yes, sign out my other sessions" that
// the deny policy offers instead of locking out who lost a phone.
//
// A proof says that this user gave the right password less than two minutes
// ago, and is bound to the very set of sessions that were in the way. Using it
// ends them, so the set is never the same again and the proof cannot be used
// twice: no table of used proofs is needed. It is checked under the user's
// row lock, where the set stands still.
type limitProofs struct{ keys [][]byte } // newest first

const limitProofLife = 2 * time.Minute

func newLimitProofs(secrets []string) (limitProofs, error) {
	var p limitProofs
	for _, s := range secrets {
		key, err := deriveKey(s, "session limit proof", nil)
		if err != nil {
			return p, fmt.Errorf("session limit proof: %w", err)
		}
		p.keys = append(p.keys, key)
	}
	return p, nil
}

// mint returns a proof for the user and the sessions in the way.
func (p limitProofs) mint(userID string, live []Session, now time.Time) string {
	expires := strconv.FormatInt(now.Add(limitProofLife).Unix(), 10)
	return userID + "." + expires + "." + sign(p.keys[0], userID, expires, live)
}

// user reads whose proof it is and refuses one that is malformed or too old.
// Nothing is proven until verify has seen the sessions.
func (limitProofs) user(proof string, now time.Time) (string, error) {
	parts := strings.Split(proof, ".")
	if len(parts) != 3 {
		return "", ErrProof
	}
	expires, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || now.Unix() >= expires {
		return "", ErrProof
	}
	return parts[0], nil
}

// verify reports whether the proof was minted for exactly these sessions.
func (p limitProofs) verify(proof string, live []Session) bool {
	parts := strings.Split(proof, ".")
	return len(parts) == 3 && slices.ContainsFunc(p.keys, func(key []byte) bool {
		return hmac.Equal([]byte(parts[2]), []byte(sign(key, parts[0], parts[1], live)))
	})
}

// sign covers the user, the expiry and the ids of the sessions in any order.
// Each is followed by a byte that none of them contains.
func sign(key []byte, userID, expires string, live []Session) string {
	ids := make([]string, len(live))
	for i, s := range live {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	mac := hmac.New(sha256.New, key)
	for _, part := range append([]string{userID, expires}, ids...) {
		io.WriteString(mac, part+"\n")
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
