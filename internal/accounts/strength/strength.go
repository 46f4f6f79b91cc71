// Package strength estimates how many guesses a password withstands. It takes a
// password apart into what attackers try first: common words and passwords,
// what is known of the user, keyboard rows, sequences, repeats and dates. The
// way of counting follows zxcvbn (Wheeler, USENIX Security 2016); it works on
// characters, so every script is safe, and it knows keyboards and words of more
// languages than English. The English word lists are those of
// github.com/trustelem/zxcvbn.
//
//house:circles 1
package strength

import (
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Kind is a set of what a password was taken apart into.
type Kind uint8

// The kinds of parts.
const (
	Known   Kind = 1 << iota // what is known of the user or the site
	Word                     // a common word, name, phrase or password
	Pattern                  // a sequence, keyboard row, repeat, date or number
	Rest                     // characters without a pattern
)

// Estimate is how hard a password is to guess.
type Estimate struct {
	Guesses float64 // decimal logarithm of the number of guesses: 10 = ten thousand million
	Kinds   Kind    // what the password is made of, in the cheapest reading
}

// maxRunes is how much of a password is looked at: the time grows with the
// square of it.
const maxRunes = 128

// Costs of parts, as decimal logarithms of guesses.
const (
	costRune      = 1.0 // a character: far fewer than an alphabet has, since most text is not random
	costDigit     = 0.7 // one of a longer number: birthdays, telephone numbers, digits of pi
	costKnown     = 0.3 // an attacker tries these first
	costWordMin   = 2.0 // even of the most common words there are a hundred to choose from
	costVariation = 0.3 // a word backwards or with digits for letters
	costLane      = 1.5 // where a sequence begins, and where it ends
	costCopy      = 1.3 // which part of what came before is repeated
	costYear      = 1.7
	costDate      = 4.0
	costSeparator = 1.0 // a kind of character between words, however often it is there
)

// Of estimates a password. known are texts that an attacker would guess: the
// site's name, the user's own name and address. Any text is safe to pass, of
// any length.
func Of(password string, known ...string) Estimate {
	text := fold(password)
	if len(text) > maxRunes {
		text = text[:maxRunes]
	}
	words := wordsOf(known)
	best := cheapest(text, words)
	if bare, kinds := withoutSeparators(text); kinds > 0 {
		joined := cheapest(bare, words)
		joined.Guesses += costSeparator * float64(kinds)
		if joined.Guesses < best.Guesses {
			return joined
		}
	}
	return best
}

// fold takes away the differences that attackers do not care about: case,
// accents, and width.
func fold(text string) []rune {
	accent := func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return r
	}
	plain := strings.ToLower(strings.Map(accent, norm.NFKD.String(text)))
	return []rune(norm.NFC.String(plain))
}

// withoutSeparators is the text without spaces and punctuation, and how many
// kinds of them there were.
func withoutSeparators(text []rune) (bare []rune, kinds int) {
	seen := map[rune]bool{}
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.Is(unicode.Cf, r) || r < 0x80 && unicode.IsSymbol(r) {
			seen[r] = true
		} else {
			bare = append(bare, r)
		}
	}
	return bare, len(seen)
}

// part is a reading of text[from:to].
type part struct {
	from, to int
	guesses  float64
	kind     Kind
}

// cheapest finds the reading of the whole text that takes the fewest guesses:
// from left to right, the cheapest way to reach each position.
func cheapest(text []rune, known map[string]bool) Estimate {
	reach := make([]Estimate, len(text)+1)
	for i := range text {
		reach[i+1].Guesses = math.Inf(1)
	}
	byStart := make([][]part, len(text))
	for _, p := range append(wordParts(text, known), patternParts(text)...) {
		byStart[p.from] = append(byStart[p.from], p)
	}
	for i := range text {
		for _, p := range append(byStart[i], part{i, i + 1, costRune, Rest}) {
			if g := reach[i].Guesses + p.guesses; g < reach[p.to].Guesses {
				reach[p.to] = Estimate{g, reach[i].Kinds | p.kind}
			}
		}
	}
	return reach[len(text)]
}
