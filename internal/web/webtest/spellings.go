package webtest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
)

// Spellings are the ways in which a log might write a secret of 12 bytes or more, by what
// they are called. In base64 it is found wherever it stands in a longer text.
func Spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // never fails for a string
	all := map[string]string{
		"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret), "in HTML": html.EscapeString(secret),
		"in hex": hex.EncodeToString([]byte(secret)), "in capital hex": fmt.Sprintf("%X", secret),
		"in JSON": inner(string(quoted)), "in Go": inner(strconv.Quote(secret)), "twice in Go": inner(strconv.Quote(inner(strconv.Quote(secret)))),
	}
	for shift := range 3 {
		for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := enc.EncodeToString([]byte("xyz"[:shift] + secret))
			all[fmt.Sprintf("in %s, %d bytes into it", name, shift)] = text[4 : len(text)-2] // without what its neighbours decide
		}
	}
	if len(secret) >= 32 {
		all["half of it"], all["the other half"] = secret[:len(secret)/2], secret[len(secret)/2:]
	}
	return all
}

func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

// FindSecret says how a text holds a secret; "" = it does not.
func FindSecret(text, secret string) (how string) {
	for how, spelling := range Spellings(secret) {
		if strings.Contains(text, spelling) {
			return how
		}
	}
	return ""
}
