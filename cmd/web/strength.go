package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"math"
	"regexp"
	"slices"
	"strings"
)

// makeSecret is the command that every message about a secret ends in.
const makeSecret = "make one with: web secret, or openssl rand -base64 33"

const (
	minSecretBytes = 32
	minSecretBits  = 90 // what weakness must be left with; 32 random hex digits have 128
)

// weakness says why a secret can be found by trying, or "". An anonymous
// visitor gets a hash of the secret (the CSRF token), so that the trying is
// done offline. What openssl rand prints always passes.
func weakness(secret string) string {
	lower := strings.ToLower(secret)
	switch {
	case isPublished(secret):
		return "stands in the source of this project, where anyone can read it"
	case strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "is a phrase: it has spaces, or letters that no random secret has"
	case strings.Contains(secret, "://"):
		return "is an address"
	case !strings.ContainsFunc(lower, func(r rune) bool { return r >= 'a' && r <= 'z' }):
		return "has no letters: digits and dates are soon found"
	case strings.Contains((lower + lower)[1:2*len(lower)-1], lower):
		return "repeats itself"
	case hasKeyword(lower), looksWritten(secret):
		return "is made of words"
	}
	symbols, literal := symbolsOf(lower)
	bits := description(symbols, literal)
	if bits < minSecretBits || bits < 0.7*literal*float64(len(symbols)) {
		return "is a pattern: it repeats, counts up or follows the keyboard"
	}
	return decodedWeakness(secret)
}

// decodedWeakness looks at what the secret is the hex or base64 form of.
func decodedWeakness(secret string) string {
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, decodeBase64} {
		b, err := decode(secret)
		if err != nil || len(b) < 16 {
			continue
		}
		if !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' }) {
			return "is text in hex or base64"
		}
		symbols := make([]int, len(b))
		for i, c := range b {
			symbols[i] = int(c)
		}
		if description(symbols, 8) < minSecretBits {
			return "is a pattern in hex or base64"
		}
	}
	return ""
}

// decodeBase64 takes either alphabet, padded or not.
func decodeBase64(s string) ([]byte, error) {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	return base64.RawStdEncoding.DecodeString(s)
}

// symbolsOf turns text into numbers such that 9 is followed by a, as in hex,
// and says how many bits one of them carries at most.
func symbolsOf(lower string) (symbols []int, literal float64) {
	distinct := map[byte]bool{}
	for _, c := range []byte(lower) {
		distinct[c] = true
		switch {
		case c >= '0' && c <= '9':
			symbols = append(symbols, int(c-'0'))
		case c >= 'a' && c <= 'z':
			symbols = append(symbols, int(c-'a')+10)
		default:
			symbols = append(symbols, int(c)+100)
		}
	}
	return symbols, math.Log2(float64(len(distinct)))
}

const (
	shortestRun = 4 // symbols that a pattern explains before it counts
	runBits     = 8 // to name a pattern, where it starts and how far it goes
)

// description is how many bits it takes to write the symbols down, where a
// stretch that follows from what was before costs runBits, and any other
// symbol literal bits.
func description(symbols []int, literal float64) (bits float64) {
	for i := 0; i < len(symbols); {
		n := max(longestRepeat(symbols, i), longestProgression(symbols, i), longestSlide(symbols, i))
		if n < shortestRun {
			bits += literal
			i++
			continue
		}
		bits += min(runBits, literal*float64(n))
		i += n
	}
	return bits
}

// longestRepeat is how many symbols from i on stand somewhere before, in this
// order or backwards.
func longestRepeat(s []int, i int) (longest int) {
	for j := range i {
		forward, backward := 0, 0
		for i+forward < len(s) && s[j+forward] == s[i+forward] {
			forward++
		}
		for i+backward < len(s) && j-backward >= 0 && s[j-backward] == s[i+backward] {
			backward++
		}
		longest = max(longest, forward, backward)
	}
	return longest
}

// longestProgression is how many symbols from i on go on as those before them:
// 1234, 2468, and 00010203, in which every other symbol counts.
func longestProgression(s []int, i int) (longest int) {
	for stride := 1; stride <= 6; stride++ {
		n := 0
		for k := i + n; k < len(s) && k >= 2*stride && s[k]-s[k-stride] == s[k-stride]-s[k-2*stride]; k++ {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// slides are the orders in which fingers and alphabets go, on the keyboards of
// several countries; along a row and down a column.
var slides = func() (orders [][]int) {
	for _, text := range []string{
		"abcdefghijklmnopqrstuvwxyz", "01234567890", "zyxwvutsrqponmlkjihgfedcba", "09876543210",
		"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+", "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "qazwsxedcrfvtgbyhnujmikolp",
		"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "aoeuidhtns", "qjkxbmwvz",
	} {
		order, _ := symbolsOf(text)
		backwards := slices.Clone(order)
		slices.Reverse(backwards)
		orders = append(orders, order, backwards)
	}
	return orders
}()

// longestSlide is how many symbols from i on lie beside each other in one order.
func longestSlide(s []int, i int) (longest int) {
	for _, order := range slides {
		for j := range order {
			n := 0
			for i+n < len(s) && j+n < len(order) && s[i+n] == order[j+n] {
				n++
			}
			longest = max(longest, n)
		}
	}
	return longest
}

// looksWritten reports words with signs between them, and letters that follow
// each other as in words rather than at random.
func looksWritten(secret string) bool {
	lower := strings.ToLower(secret)
	if strings.Trim(lower, "0123456789abcdef-") == "" {
		return false // hex: it has too few letters to tell
	}
	parts := strings.FieldsFunc(camelCase.ReplaceAllString(secret, "$1-$2"), func(r rune) bool { return strings.ContainsRune("-_.:,;", r) })
	all, plain := 0, 0 // characters
	for _, p := range parts {
		all += len(p)
		if plainWord.MatchString(p) {
			plain += len(p)
		}
	}
	bits, pairs := letterBits(lower)
	if len(parts) >= 4 && 10*plain >= 7*all && bits > 0 {
		return true
	}
	lookBits, lookPairs := letterBits(looksLike.Replace(lower))
	run := smallLetters.MatchString(secret)
	return wordy(bits, pairs, run) || wordy(lookBits, lookPairs, run)
}

var (
	camelCase    = regexp.MustCompile(`([a-z])([A-Z])`)
	smallLetters = regexp.MustCompile(`[a-z]{5}`)
	plainWord    = regexp.MustCompile(`^([A-Z]?[a-z]{2,}|[A-Z]{2,}|[0-9]+)$`)
	looksLike    = strings.NewReplacer("4", "a", "@", "a", "3", "e", "1", "i", "0", "o", "5", "s", "$", "s", "7", "t")
)

// keywords are what people write where a secret belongs. They are long enough not
// to come up at random.
var keywords = []string{"password", "passwort", "secret", "changeme", "change-me", "latchkey", "sessionkey", "authkey", "default", "example", "qwerty", "letmein", "welcome", "iloveyou"}

func hasKeyword(lower string) bool {
	plain := looksLike.Replace(lower)
	return slices.ContainsFunc(keywords, func(word string) bool { return strings.Contains(lower, word) || strings.Contains(plain, word) })
}

// letterBits compares two ways in which the letters may have come about: as
// words of a European language, or at random. n bits for words come up at
// random at most once in 2^n secrets. pairs is how many pairs of letters there
// are.
func letterBits(lower string) (bits, pairs int) {
	for i := 1; i < len(lower); i++ {
		a, b := lower[i-1]-'a', lower[i]-'a'
		if a < 26 && b < 26 {
			bits += int(letterPairs[a][b]) - '5'
			pairs++
		}
	}
	return bits, pairs
}

// wordy draws the line: few secrets have many pairs like words and none unlike. Where no
// five small letters stand together, which is so in capitals and in most random text, it
// takes more to be sure.
func wordy(bits, pairs int, run bool) bool {
	least := 26
	if run {
		least = 21
	}
	return bits >= 31 || bits >= least && 5*bits >= 3*pairs
}

// letterPairs has a row for each letter and in it a digit for each that may
// follow: 5 where words have the pair as often as chance has it, one more for
// twice as often, one less for half. Counted in English, German, Spanish,
// French, Italian, Dutch, Portuguese, Polish and Swedish text and in common
// passwords.
var letterPairs = [26]string{
	"34661251414757142767442233",
	"64327212731723611653621162",
	"71426117636422721526420023",
	"73348321711333741553522143",
	"54564442423657142776343432",
	"61336633803523710655621041",
	"63338356621525720654621021",
	"73129311732323600425411020",
	"54656550024657631566140203",
	"72458335536425632452641443",
	"74328463624444620556523032",
	"62258332713722731155522052",
	"85228110600253760242510030",
	"62577462624324620167431042",
	"34553541303567550755555122",
	"71437224504621750746501032",
	"51331221111332124331916222",
	"73458442613455721465533043",
	"52537215614432651368514142",
	"62427217701322620655513052",
	"54546441622657250776121313",
	"73238422710332631333222210",
	"73337216712325732552302152",
	"64646432722333472457323554",
	"55645543343665571576314222",
	"73338122713345621334505565",
}

// published has, in hex, the start of the SHA-256 of every random value in this
// repository, a line each: tests, documentation, test vectors. See
// TestNoValueOfTheRepositoryIsASecret.
//
//go:embed published.txt
var published string

func isPublished(secret string) bool { return strings.Contains(published, fingerprint(secret)) }

func fingerprint(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:8]) + "\n"
}
