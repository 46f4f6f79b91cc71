package authjs

import (
	"iter"
	"net/http"
	"net/textproto"
	"strings"
)

// received yields the names and values of a request's cookies, as http.Request.Cookies
// reads them, without making a list: a request brings cookies of many others, and every
// request is looked at. It yields nothing of a request with more than 3,000, as net/http does.
func received(r *http.Request) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		if count(r) > mostReceived {
			return
		}
		for _, line := range r.Header["Cookie"] {
			for part := range strings.SplitSeq(line, ";") {
				name, value, _ := strings.Cut(textproto.TrimString(part), "=")
				name = textproto.TrimString(name)
				if value, ok := unquote(value); ok && name != "" && !yield(name, value) {
					return
				}
			}
		}
	}
}

const mostReceived = 3000

func count(r *http.Request) (n int) {
	for _, line := range r.Header["Cookie"] {
		n += 1 + strings.Count(line, ";")
	}
	return n
}

// unquote returns the value of a cookie without quotes around it. ok is false for one with a
// character that no cookie may hold.
func unquote(value string) (text string, ok bool) {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	for i := range len(value) {
		if b := value[i]; b < ' ' || b > '~' || b == '"' || b == '\\' {
			return "", false
		}
	}
	return value, true
}
