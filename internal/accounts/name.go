package accounts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxNameRunes = 200
	nameRule     = "Use at most 200 characters, and no control characters or other invisible ones."
)

// cleanName trims a name and refuses what would break a page or a mail header, and
// what nobody could see: a list of users, or a greeting, would have a hole in it.
func cleanName(text string) (string, bool) {
	if len(text) > 4*maxNameRunes*utf8.UTFMax || !utf8.ValidString(text) {
		return "", false
	}
	name := strings.TrimSpace(norm.NFC.String(text))
	shown := name == "" || strings.ContainsFunc(name, visible)
	return name, shown && utf8.RuneCountInString(name) <= maxNameRunes && !strings.ContainsFunc(name, controls)
}

// controls reports a character that is not seen itself: with one for the direction
// of text a name could read as another one (UAX #9, CVE-2021-42574), one that ends a
// line takes a header or a row apart, and with one of no width, or a letter without a
// form, two names could look the same. Joiners are letters' business in Persian and
// Hindi, and hold emoji together.
func controls(r rune) bool {
	joins := r == '\u200c' || r == '\u200d' || r >= 0xe0020 && r <= 0xe007f // the last are those of flags
	return unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.Is(unicode.Cf, r) && !joins
}

// visible reports a character that leaves a mark by itself: no space, joiner or
// accent, and not the empty pattern of Braille.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Zs, unicode.M) && r != '\u2800'
}
