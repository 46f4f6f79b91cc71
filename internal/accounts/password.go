package accounts

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxPasswordBytes is the stated cap. Longer passwords are refused before any
// hashing, and never truncated (NIST SP 800-63B-4 §3.1.1.2).
const maxPasswordBytes = 1024

// NormalizePassword brings a password into NFC, so that the same characters
// typed on another keyboard are the same password. Nothing else is done to it:
// no trimming, no case folding (NIST SP 800-63B-4 §3.1.1.2). ok is false for
// invalid UTF-8 and over the cap.
func NormalizePassword(password string) (nfc string, ok bool) {
	if len(password) > maxPasswordBytes || !utf8.ValidString(password) {
		return "", false
	}
	nfc = norm.NFC.String(password)
	return nfc, len(nfc) <= maxPasswordBytes
}

// checkNewPassword says what is wrong with a password that someone chooses, in
// words for that person, or "". It asks for length and refuses what attackers
// try first; it asks for no special characters (ASVS 6.2.5). context holds
// words that an attacker would guess: the site's name, the user's own.
func checkNewPassword(nfc string, minLength int, context ...string) string {
	if utf8.RuneCountInString(nfc) < minLength {
		return fmt.Sprintf("This is too short. Use at least %d characters.", minLength)
	}
	plain := strings.ToLower(norm.NFKC.String(nfc))
	unit := smallestUnit(plain)
	switch {
	case common()[plain], common()[unit]:
		return "This password is on lists that attackers try first. Choose another."
	case utf8.RuneCountInString(unit) <= 4, isSequence(plain):
		return "This password is a simple pattern. Choose a less predictable one."
	case madeOf(plain, context):
		return "This password is made of your name, your address or this site's name. Choose another."
	}
	return ""
}

//go:embed common-passwords.txt
var commonPasswords string

// common is the list of leaked and common passwords of eight characters and
// more, all lower case.
var common = sync.OnceValue(func() map[string]bool {
	list := strings.Fields(commonPasswords)
	set := make(map[string]bool, len(list))
	for _, p := range list {
		set[p] = true
	}
	return set
})

// smallestUnit is the shortest text that s repeats: "abc" of "abcabcabc".
func smallestUnit(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}

// isSequence reports runs such as abcdefgh… and 9876543…, wrapping at 9 and 0.
func isSequence(s string) bool {
	return isRun(s, 1) || isRun(s, -1)
}

func isRun(s string, step int) bool {
	for i := 1; i < len(s); i++ {
		wraps := step == 1 && s[i-1] == '9' && s[i] == '0' || step == -1 && s[i-1] == '0' && s[i] == '9'
		if int(s[i])-int(s[i-1]) != step && !wraps {
			return false
		}
	}
	return true
}

// madeOf reports whether nothing of substance is left of s once the words, and
// then everything that is no letter, are taken away.
func madeOf(s string, words []string) bool {
	rest := s
	for _, w := range words {
		for _, part := range append(strings.FieldsFunc(strings.ToLower(w), notLetter), strings.ToLower(w)) {
			if len(part) >= 3 {
				rest = strings.ReplaceAll(rest, part, "")
			}
		}
	}
	return rest != s && len(strings.Join(strings.FieldsFunc(rest, notLetter), "")) < 4
}

func notLetter(r rune) bool { return r < 0x80 && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
