package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// limitProofs makes the confirmation "yes, sign out my other sessions" that
// the deny policy offers instead of locking out who lost a phone.
//
// A proof says that this user gave the right password less than two minutes
// ago, and names the very set of sessions that were in the way. Using it ends
// them, so the set is never the same again and the proof cannot be used twice:
// no table of used proofs is needed. The set is compared under the user's row
// lock, where it stands still.
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

// mint returns a proof for the user and the sessions in the way: user, expiry,
// fingerprint of the sessions and MAC, with dots between.
func (p limitProofs) mint(userID string, inTheWay []Session, now time.Time) string {
	said := userID + "." + strconv.FormatInt(now.Add(limitProofLife).Unix(), 10) + "." + fingerprint(inTheWay)
	return said + "." + sign(p.keys[0], said)
}

// open returns whose proof it is and the fingerprint of the sessions it is
// about. ErrProof if it is not ours or too old; nobody has to ask the database
// to find that out.
func (p limitProofs) open(proof string, now time.Time) (userID, sessions string, err error) {
	cut := max(strings.LastIndex(proof, "."), 0)
	said, mac := proof[:cut], strings.TrimPrefix(proof[cut:], ".")
	ours := slices.ContainsFunc(p.keys, func(key []byte) bool { return hmac.Equal([]byte(mac), []byte(sign(key, said))) })
	if !ours {
		return "", "", ErrProof
	}
	parts := strings.Split(said, ".") // three: we made it
	expires, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || now.Unix() >= expires {
		return "", "", ErrProof
	}
	return parts[0], parts[2], nil
}

func sign(key []byte, said string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(said))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// fingerprint is the same for the same sessions in any order.
func fingerprint(sessions []Session) string {
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
