package accounts

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"latchkey/internal/accounts/strength"
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

// checkNewPassword says what is wrong with a password that a user chooses, in
// words for that user, or "". It asks for length and refuses what attackers
// guess early; it asks for no special characters (ASVS 6.2.5). known holds
// words that an attacker would guess: the site's name, the user's own.
func checkNewPassword(nfc string, minLength int, known ...string) string {
	if utf8.RuneCountInString(nfc) < minLength {
		return fmt.Sprintf("This is too short. Use at least %d characters.", minLength)
	}
	estimate := strength.Of(nfc, known...)
	switch {
	case estimate.Guesses >= enoughGuesses(minLength):
		return ""
	case estimate.Kinds&strength.Known != 0:
		return "This password is made of your name, your address or this site's name. Choose another."
	case estimate.Kinds&strength.Word != 0:
		return "This password is made of common words that attackers try first. Use four or more words that have nothing to do with each other."
	default:
		return "This password is a simple pattern. Choose a less predictable one."
	}
}

// enoughGuesses is the decimal logarithm of the guesses that a password must
// withstand: 10 is the highest score of zxcvbn. A site that allows shorter
// passwords cannot ask for as much: random ones must pass.
func enoughGuesses(minLength int) float64 { return min(10, 0.75*float64(minLength)) }
