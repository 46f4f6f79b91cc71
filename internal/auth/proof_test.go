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

	if !p.verify(proof, []Session{{ID: "a"}, {ID: "b"}}) {
		t.Error("verify refuses the sessions it was minted for, in another order")
	}
	if !p.verify(old.mint("ada", live, now), live) {
		t.Error("verify refuses a proof under the old secret, want rotation to keep it good")
	}
	if user, err := p.user(proof, now.Add(limitProofLife-time.Second)); user != "ada" || err != nil {
		t.Errorf("user = %q, %v, want ada until the proof is two minutes old", user, err)
	}
	if _, err := p.user(proof, now.Add(limitProofLife)); err == nil {
		t.Error("user takes a proof after two minutes")
	}

	for name, forged := range map[string]string{
		"another user":       strings.Replace(proof, "ada", "eve", 1),
		"a later expiry":     strings.Replace(proof, ".", ".9", 1),
		"another secret":     other.mint("ada", live, now),
		"no signature":       proof[:strings.LastIndex(proof, ".")+1],
		"nothing":            "",
		"fewer sessions":     p.mint("ada", live[:1], now),
		"ids run together":   p.mint("ada", []Session{{ID: "ab"}}, now),
		"one session more":   p.mint("ada", append(live, Session{ID: "c"}), now),
		"too many parts":     proof + ".x",
		"a truncated proof":  proof[:len(proof)-1],
		"the user's id only": "ada",
	} {
		if p.verify(forged, live) {
			t.Errorf("verify takes a proof with %s: %q", name, forged)
		}
	}
}
