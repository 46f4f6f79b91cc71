package accounts

import (
	"strings"
	"testing"
)

func TestAName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", " ": "", "  Ada  Lovelace ": "Ada  Lovelace", "x\n": "x", "-": "-", "<script>": "<script>",
		"李小龍": "李小龍", "محمد علي": "محمد علي", "می\u200cخواهم": "می\u200cخواهم", "O’Brien": "O’Brien",
		"👩\u200d👩\u200d👧": "👩\u200d👩\u200d👧", "❤\ufe0f": "❤\ufe0f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"a\u0301": "á", strings.Repeat("👍", 200): strings.Repeat("👍", 200), strings.Repeat("a\u0301", 200): strings.Repeat("á", 200),
	} {
		if got, ok := cleanName(name); !ok || got != want {
			t.Errorf("cleanName(%+.40q) = %+.40q, %t, want %+.40q", name, got, ok, want)
		}
	}
	long := []string{strings.Repeat("x", 201), strings.Repeat("👍", 201), "Z" + strings.Repeat("\u0300", 300), strings.Repeat("x", 1<<20), "\xff"}
	for _, name := range long {
		if got, ok := cleanName(name); ok {
			t.Errorf("cleanName(%+.40q) = %+.40q, want it refused", name, got)
		}
	}
}

// What is not seen is no part of a name, and not all of one.
func TestANameIsSeen(t *testing.T) {
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c" + // direction
		"\u2028\u2029\x00\x1b\x7f\u0085\t" + // lines and controls
		"\u200b\u2060\ufeff\u00ad\u034f\u180e\ufff9\u115f\u1160\u3164\uffa0\U000e0001" { // no width, or no form
		for _, name := range []string{"Ada" + string(r) + "x", "Ad" + string(r) + "a Lovelace"} {
			if got, ok := cleanName(name); ok {
				t.Errorf("cleanName(%+q) = %+q, want %U refused", name, got, r)
			}
		}
	}
	for _, name := range []string{"\u200d", "\u200c\u200c", "\u2800", "\u2800 \u2800", "\ufe0f", "\u0301", "\u200d\ufe0f"} {
		if got, ok := cleanName(name); ok {
			t.Errorf("cleanName(%+q) = %+q, want it refused: nobody can see it", name, got)
		}
	}
}
