package strength

import (
	"math"
	"regexp"
)

// patternParts finds sequences, repeats, dates and numbers.
func patternParts(text []rune) []part {
	parts := append(repeats(text), numbers(text)...)
	for _, place := range places() {
		for stride := 1; stride <= maxStride; stride++ {
			parts = append(parts, sequences(text, place, stride)...)
		}
	}
	return parts
}

// maxStride is how many sequences may be woven into one another: "1q2w3e4r" is
// two, "1qaz2wsx3edc" is four.
const maxStride = 4

// sequences finds parts in which every character follows the one stride places
// before it, by the same step: in the alphabet or along a row or column of a
// keyboard. A part begins where its sequence does, so their number stays small.
func sequences(text []rune, place func(rune) (int, bool), stride int) []part {
	var parts []part
	for from := 0; from < len(text); {
		end := from + stride
		for end < len(text) && follows(text, from, end, place, stride) {
			end++
		}
		for to := from + max(3, 2*stride); to <= min(end, len(text)); to++ {
			parts = append(parts, part{from, to, costLane*float64(stride) + math.Log10(float64(to-from))/2, Pattern})
		}
		from = max(from+1, end-stride)
	}
	return parts
}

func follows(text []rune, from, at int, place func(rune) (int, bool), stride int) bool {
	step, ok := stepTo(text, at, place, stride)
	if !ok || at < from+2*stride {
		return ok
	}
	before, _ := stepTo(text, at-stride, place, stride)
	return step == before
}

// stepTo is the step that leads to a character. ok is false for one too wide to
// be a pattern.
func stepTo(text []rune, at int, place func(rune) (int, bool), stride int) (step int, ok bool) {
	a, okA := place(text[at-stride])
	b, okB := place(text[at])
	step = b - a
	return step, okA && okB && (step >= -2 && step <= 2 || step == keyboardRow || step == -keyboardRow)
}

// repeats finds parts that have been seen before in the text, wherever.
func repeats(text []rune) []part {
	var parts []part
	for from := 1; from < len(text); from++ {
		longest := 0
		for before := range from {
			n := 0
			for from+n < len(text) && text[before+n] == text[from+n] {
				n++
			}
			longest = max(longest, n)
		}
		for n := 2; n <= longest; n++ {
			parts = append(parts, part{from, from + n, costCopy, Pattern})
		}
	}
	return parts
}

var (
	year = regexp.MustCompile(`^(19|20)\d\d$`)
	date = regexp.MustCompile(`^(` +
		`\d{1,2}[-./ ]?\d{1,2}[-./ ]?(19|20)\d\d|(19|20)\d\d[-./ ]?\d{1,2}[-./ ]?\d{1,2}|\d\d[-./ ]?\d\d[-./ ]?\d\d)$`)
)

const (
	minNumber = 4
	maxDate   = len("31.12.1999")
)

// numbers finds years, dates and longer numbers.
func numbers(text []rune) []part {
	var parts []part
	for from := range text {
		if !isDigit(text[from]) {
			continue
		}
		for to := from + minNumber; to <= min(from+maxDate, len(text)); to++ {
			switch token := string(text[from:to]); {
			case year.MatchString(token):
				parts = append(parts, part{from, to, costYear, Pattern})
			case date.MatchString(token):
				parts = append(parts, part{from, to, costDate, Pattern})
			}
		}
		for to := from + 1; to <= len(text) && isDigit(text[to-1]); to++ {
			if to-from >= minNumber {
				parts = append(parts, part{from, to, costDigit * float64(to-from), Pattern})
			}
		}
	}
	return parts
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
