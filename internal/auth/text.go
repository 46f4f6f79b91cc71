package auth

import (
	"strings"
	"unicode"
)

// printable prepares text from a header for a text column and a page: valid
// UTF-8, no control characters, not longer than it is worth showing.
func printable(text string, bytes int) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text[:min(len(text), bytes)], ""))
}
