package auth

import (
	"strings"
	"testing"
	"time"
)

func TestLimitProof(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	live := []Session{{ID: "b"}, {ID: "a"}}
	p, _ := newLimitProofs([]string{"new secret of thirty-two bytes..", "old secret of thirty-two bytes.."})
	old, _ := newLimitProofs([]string{"old secret of thirty-two bytes.."})
	other, _ := newLimitProofs([]string{"another secret of 32 bytes......"})
	proof := p.mint("ada", live, now)

	if user, sessions, err := p.open(proof, now.Add(limitProofLife-time.Second)); user != "ada" || err != nil || sessions != fingerprint([]Session{{ID: "a"}, {ID: "b"}}) {
		t.Errorf("open = %q, %q, %v, want ada and the sessions in any order until the proof is two minutes old", user, sessions, err)
	}
	if _, _, err := p.open(old.mint("ada", live, now), now); err != nil {
		t.Errorf("open of a proof under the old secret = %v, want rotation to keep it good", err)
	}
	if _, _, err := p.open(proof, now.Add(limitProofLife)); err == nil {
		t.Error("open takes a proof after two minutes")
	}
	for name, forged := range map[string]string{
		"another user":      strings.Replace(proof, "ada", "eve", 1),
		"a later expiry":    strings.Replace(proof, ".", ".9", 1),
		"other sessions":    strings.Replace(proof, fingerprint(live), fingerprint(live[:1]), 1),
		"another secret":    other.mint("ada", live, now),
		"no signature":      proof[:strings.LastIndex(proof, ".")+1],
		"nothing":           "",
		"dots only":         "...",
		"one part too many": proof + ".x",
		"its end missing":   proof[:len(proof)-1],
		"the user only":     "ada",
	} {
		if _, _, err := p.open(forged, now); err != ErrProof {
			t.Errorf("open of a proof with %s = %v, want ErrProof", name, err)
		}
	}
	for _, others := range [][]Session{nil, live[:1], {{ID: "ab"}}, {{ID: "a"}, {ID: "b"}, {ID: "c"}}} {
		if fingerprint(others) == fingerprint(live) {
			t.Errorf("the fingerprint of %v is that of %v", others, live)
		}
	}
}
