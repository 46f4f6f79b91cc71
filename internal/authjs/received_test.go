package authjs

import (
	"net/http"
	"slices"
	"testing"
)

// received reads what net/http reads. Only names that are no tokens it does not refuse: none
// of them is a name of ours.
func FuzzReceived(f *testing.F) {
	for _, line := range []string{
		"", "a=b", `a="b"`, "a=b; c=d", "a=b;c=d", " a = b ; c", "a==b", "a=b=c", `a="`, `a=""`, `a="b`, `a=b"`, `a=\`, "a=b\tc", "a=\x01", "=b", "a", ";;", "a=é",
		"authjs.session-token=x; authjs.session-token.0=y", "\"a\"=b", "a=b c", " ", "a;b=",
	} {
		f.Add(line, line)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		r := &http.Request{Header: http.Header{"Cookie": {one, two}}}
		var got, want []string
		for name, value := range received(r) {
			if len((&http.Request{Header: http.Header{"Cookie": {name + "=x"}}}).Cookies()) > 0 { // the name is a token
				got = append(got, name, value)
			}
		}
		for _, cookie := range r.Cookies() {
			want = append(want, cookie.Name, cookie.Value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("received(%q, %q) = %q, net/http reads %q", one, two, got, want)
		}
	})
}
