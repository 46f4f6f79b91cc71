package accounts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line cleans what a user typed into a field of one line, such as a name or a title:
// it is trimmed and in Unicode's form NFC. ok is false if it has more than most
// characters, if it has one that would break a page or a mail header, and if nobody
// could see it: a list, or a greeting, would have a hole in it.
func Line(text string, most int) (line string, ok bool) {
	if len(text) > 4*most*utf8.UTFMax || !utf8.ValidString(text) {
		return "", false
	}
	line = strings.TrimSpace(norm.NFC.String(text))
	shown := line == "" || strings.ContainsFunc(line, visible)
	return line, shown && utf8.RuneCountInString(line) <= most && !strings.ContainsFunc(line, controls)
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
