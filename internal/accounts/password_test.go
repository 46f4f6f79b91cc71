package accounts

import (
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn/frequency"
)

func TestCheckNewPassword(t *testing.T) { // PW-3, PW-5, PW-6
	const min = 15
	context := []string{"Latchkey", "ada.lovelace@example.com", "Ada Lovelace"}
	good := []string{
		"mnbqvzkwjtyrpdl",           // fifteen random lower-case letters
		"seven quiet ships at noon", // words
		strings.Repeat("ab cd ef ", 7)[1:] + "but then a goose came", // 83 characters
		"🔑🚪🌧🌱🧭🪁🎻🥾🧊🪵🌾🦉🐚🪺🫖",                                            // fifteen characters, sixty bytes
		"ada sails on tuesdays with maps",
	}
	for _, p := range good {
		if text := checkNewPassword(p, min, context...); text != "" {
			t.Errorf("checkNewPassword(%q) = %q, want it taken", p, text)
		}
	}
	bad := map[string]string{
		"mnbqvzkwjtyrpd":        "at least 15",
		"":                      "at least 15",
		"passwordpassword":      "common words",
		"PasswordPassword":      "common words",
		"qwerty123456789":       "pattern",
		"1q2w3e4r1q2w3e4r":      "common words",
		"correcthorsebattery1":  "common words",
		"aaaaaaaaaaaaaaaa":      "pattern",
		"abcabcabcabcabcabc":    "pattern",
		"abcdefghijklmnopq":     "pattern",
		"78901234567890123":     "pattern",
		"31.12.1999-31.12.1999": "pattern",
		"zyxwvutsrqponmlk":      "pattern",
		"latchkey-latchkey1":    "name",
		"AdaLovelace-1815-12":   "name",
		"lovelace@example.com":  "name",
	}
	for p, want := range bad {
		if text := checkNewPassword(p, min, context...); !strings.Contains(text, want) {
			t.Errorf("checkNewPassword(%q) = %q, want it refused for its %q", p, text, want)
		}
	}
}

// Also where a site allows the shortest passwords that it can.
func TestEveryListedPasswordIsRefused(t *testing.T) { // PW-5
	n := 0
	for _, p := range frequency.FrequencyLists["passwords"] {
		if len(p) < 8 {
			continue
		}
		if n++; checkNewPassword(strings.ToUpper(p), 8) == "" {
			t.Errorf("checkNewPassword(%q) takes it, want every listed password refused in any case", strings.ToUpper(p))
		}
	}
	if n < 5_000 {
		t.Errorf("the list has %d entries of eight characters and more, want thousands", n)
	}
}

func TestNormalizePassword(t *testing.T) { // PW-3, PW-4
	nfd, nfc := "e\u0301t\u00e9 in the garden", "\u00e9t\u00e9 in the garden"
	if got, ok := NormalizePassword(nfd); !ok || got != nfc {
		t.Errorf("NormalizePassword(%q) = %q, %v, want NFC", nfd, got, ok)
	}
	if got, _ := NormalizePassword(" Keep Me "); got != " Keep Me " {
		t.Errorf("NormalizePassword changed %q to %q, want no trimming and no folding", " Keep Me ", got)
	}
	if _, ok := NormalizePassword("\xff\xfe"); ok {
		t.Error("NormalizePassword takes invalid UTF-8, want it refused")
	}
	if _, ok := NormalizePassword(strings.Repeat("x", maxPasswordBytes)); !ok {
		t.Error("NormalizePassword refuses the longest password allowed")
	}
	if _, ok := NormalizePassword(strings.Repeat("x", maxPasswordBytes+1)); ok {
		t.Error("NormalizePassword takes a password over the cap, want it refused, never truncated")
	}
}
