package auth

import (
	"strings"
	"testing"
	"time"
)

func TestConfirmation(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	live := []Session{{ID: "b"}, {ID: "a"}}
	p, _ := newConfirmations([]string{"new secret of thirty-two bytes..", "old secret of thirty-two bytes.."})
	old, _ := newConfirmations([]string{"old secret of thirty-two bytes.."})
	other, _ := newConfirmations([]string{"another secret of 32 bytes......"})
	said := confirmation{"ada", MethodPassword, "cred", fingerprint(live)}
	text := p.mint(said, now)

	want := confirmation{"ada", MethodPassword, "cred", fingerprint([]Session{{ID: "a"}, {ID: "b"}})}
	if got, err := p.open(text, now.Add(confirmationLife-time.Second)); err != nil || got != want {
		t.Errorf("open = %+v, %v, want ada and the sessions in any order until the text is two minutes old", got, err)
	}
	if _, err := p.open(old.mint(said, now), now); err != nil {
		t.Errorf("open of a text under the old secret = %v, want rotation to keep it good", err)
	}
	newest, _ := newConfirmations([]string{"new secret of thirty-two bytes.."})
	if _, err := newest.open(text, now); err != nil {
		t.Errorf("open with the newest secret alone = %v, want it minted with that one", err)
	}
	if _, err := p.open(text, now.Add(confirmationLife)); err == nil {
		t.Error("open takes a text after two minutes")
	}
	for name, forged := range map[string]string{
		"another user":       strings.Replace(text, "ada", "eve", 1),
		"another credential": strings.Replace(text, ".cred.", ".crxd.", 1),
		"another method":     strings.Replace(text, ".pwd.", ".hwk.", 1),
		"a later expiry":     strings.Replace(text, ".cred.", ".cred.9", 1),
		"other sessions":     strings.Replace(text, fingerprint(live), fingerprint(live[:1]), 1),
		"another secret":     other.mint(said, now),
		"no signature":       text[:strings.LastIndex(text, ".")+1],
		"nothing":            "",
		"dots only":          "...",
		"one part too many":  text + ".x",
		"its end missing":    text[:len(text)-1],
		"the user only":      "ada",
	} {
		if _, err := p.open(forged, now); err != ErrConfirmation {
			t.Errorf("open of a text with %s = %v, want ErrConfirmation", name, err)
		}
	}
	for _, others := range [][]Session{nil, live[:1], {{ID: "ab"}}, {{ID: "a"}, {ID: "b"}, {ID: "c"}}} {
		if fingerprint(others) == fingerprint(live) {
			t.Errorf("the fingerprint of %v is that of %v", others, live)
		}
	}
}

// CL-1: nobody gets past the limit with a confirmation that was not minted for them, and none
// that the browser sends breaks anything.
func FuzzConfirmation(f *testing.F) {
	c, err := newConfirmations([]string{"a secret of thirty-two bytes, or more"})
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	good := c.mint(confirmation{"ada", MethodPassword, "credential", "fingerprint"}, at)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(good + ".")
	f.Add("ada.password..9999999999.x.y")
	f.Add(strings.Repeat(".", 5))
	f.Fuzz(func(t *testing.T, text string) {
		said, err := c.open(text, at)
		if (err == nil) != (text == good) || err != nil && said != (confirmation{}) {
			t.Fatalf("open(%q) = %+v, %v, want what was minted or ErrConfirmation", text, said, err)
		}
	})
}
