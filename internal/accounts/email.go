package accounts

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// emailPattern is the address that a browser's type=email accepts (WHATWG
// HTML), lower case and with a dotted domain. Display names, comments, quoted
// local parts, lists and control characters do not pass, so what is stored is
// one mailbox and safe in a mail header.
var emailPattern = regexp.MustCompile(
	`^[a-z0-9.!#$%&'*+/=?^_{|}~` + "`" + `-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$`)

const (
	maxEmailLength = 254 // octets of an address in a mail command (RFC 5321 §4.5.3.1.3)
	maxEmailLocal  = 64  // octets before the @ (RFC 5321 §4.5.3.1.1)
)

// CanonicalEmail is the one spelling of an address: NFKC, trimmed, lower case, the
// domain in its ASCII form (IDNA, RFC 5891), and only then validated. Lookup,
// uniqueness and mail all use it, so that two spellings never become two accounts
// or reach two mailboxes (CWE-180): Chromium sends münchen.example as punycode,
// Firefox as it is typed. ok is false when the text is no address we take.
func CanonicalEmail(text string) (email string, ok bool) {
	if len(text) > 4*maxEmailLength { // before any work on it
		return "", false
	}
	email = strings.ToLower(strings.TrimSpace(norm.NFKC.String(text)))
	local, domain, _ := strings.Cut(email, "@")
	domain, err := idna.Lookup.ToASCII(domain)
	email = local + "@" + domain
	if err != nil || len(email) > maxEmailLength || len(local) > maxEmailLocal || !emailPattern.MatchString(email) {
		return "", false
	}
	return email, isHostName(domain)
}

// isHostName tells a name from an IP address: the last label of a name is not a
// number.
func isHostName(domain string) bool {
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	return strings.ContainsFunc(last, func(r rune) bool { return r < '0' || r > '9' })
}

// DisplayEmail is a canonical address as its owner would write it: the domain in
// its own script.
func DisplayEmail(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	shown, err := idna.Display.ToUnicode(domain)
	if err != nil || shown == domain {
		return email
	}
	return local + "@" + shown
}
