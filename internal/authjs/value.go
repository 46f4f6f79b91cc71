package authjs

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// unescaped are the characters besides letters and digits that encodeURIComponent leaves
// alone. net/url has no such rule: url.QueryEscape escapes five of them and turns a space
// into a plus.
const unescaped = "-_.!~*'()"

// EncodeValue percent-encodes text for a cookie, as encodeURIComponent does. Bytes that
// are not UTF-8 become U+FFFD.
func EncodeValue(text string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for _, r := range text {
		if isAlphanumeric(r) || strings.ContainsRune(unescaped, r) {
			out.WriteRune(r)
			continue
		}
		for _, b := range []byte(string(r)) {
			out.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return out.String()
}

// DecodeValue is the inverse of EncodeValue. Text without a percent sign is returned as it
// is, and so is text with an escape that decodeURIComponent would reject.
func DecodeValue(value string) string {
	if !strings.Contains(value, "%") {
		return value
	}
	text, err := url.PathUnescape(value)
	if err != nil || !utf8.ValidString(text) {
		return value
	}
	return text
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
