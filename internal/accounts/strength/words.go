package strength

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/trustelem/zxcvbn/frequency"
)

//go:embed phrases.txt
var phrases string

// passwords are common passwords that the rest of this package takes for
// random, at the shortest length that a site can allow.
//
//go:embed passwords.txt
var passwords string

const (
	minWord = 3  // in characters: shorter parts of a name prove nothing
	maxWord = 40 // in characters: the longest phrase of the list
)

// common is what each common word, name, password and phrase costs. It is made
// at the first use, in about 50 ms, and takes about 8 MB.
var common = sync.OnceValue(load)

func load() map[string]float64 {
	costs := map[string]float64{}
	for _, list := range frequency.FrequencyLists {
		for rank, word := range list {
			learn(costs, word, math.Log10(float64(rank+1)))
		}
	}
	for line := range strings.Lines(phrases + passwords) {
		if !strings.HasPrefix(line, "#") {
			phrase, _ := withoutSeparators(fold(line))
			learn(costs, string(phrase), costWordMin)
		}
	}
	return costs
}

// learn keeps the lowest cost of a word.
func learn(costs map[string]float64, word string, cost float64) {
	cost = max(cost, costWordMin)
	if old, ok := costs[word]; word != "" && (!ok || cost < old) {
		costs[word] = cost
	}
}

// wordsOf are the words of texts, and what is left of each text without spaces
// and punctuation: "ada", "lovelace" and "adalovelace".
func wordsOf(texts []string) map[string]bool {
	words := map[string]bool{}
	for _, t := range texts {
		folded := fold(t)
		bare, _ := withoutSeparators(folded)
		whole := string(bare)
		split := strings.FieldsFunc(string(folded), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
		for _, w := range append(split, whole, string(folded)) {
			if len([]rune(w)) >= minWord || w == whole && len([]rune(w)) > 1 {
				words[w] = true
			}
		}
	}
	return words
}

// leet are the letters that digits and signs stand for. Two of them stand for
// two, so there are two readings.
var leet = [2]map[rune]rune{
	{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g', '2': 'z', '@': 'a', '$': 's', '!': 'i', '+': 't', '(': 'c', '|': 'i', '€': 'e', '£': 'l'},
	{'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '6': 'b', '7': 'l', '8': 'b', '9': 'g', '2': 'z', '@': 'a', '$': 's', '!': 'l', '+': 't', '(': 'c', '|': 'l', '€': 'e', '£': 'l'},
}

// wordParts finds the words in a text: as they are, with letters written as
// digits, and backwards.
func wordParts(text []rune, known map[string]bool) []part {
	parts := lookUp(text, known, 0)
	for _, letters := range leet {
		if plain, changed := unleet(text, letters); changed {
			parts = append(parts, lookUp(plain, known, costVariation)...)
		}
	}
	back := slices.Clone(text)
	slices.Reverse(back)
	for _, p := range lookUp(back, known, costVariation) {
		p.from, p.to = len(text)-p.to, len(text)-p.from
		parts = append(parts, p)
	}
	return parts
}

func unleet(text []rune, letters map[rune]rune) (plain []rune, changed bool) {
	plain = slices.Clone(text)
	for i, r := range text {
		if letter, ok := letters[r]; ok {
			plain[i], changed = letter, true
		}
	}
	return plain, changed
}

func lookUp(text []rune, known map[string]bool, extra float64) []part {
	var parts []part
	costs := common()
	for from := range text {
		for to := from + 2; to <= min(from+maxWord, len(text)); to++ {
			word := string(text[from:to])
			if known[word] {
				parts = append(parts, part{from, to, costKnown + extra, Known})
			} else if cost, ok := costs[word]; ok {
				parts = append(parts, part{from, to, cost + extra, Word})
			}
		}
	}
	return parts
}
