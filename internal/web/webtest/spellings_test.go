package webtest_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"testing"

	"latchkey/internal/web/webtest"
)

// A secret is found whatever stands beside it where it was encoded.
func TestASecretIsFoundInEverySpelling(t *testing.T) {
	const secret = `Ünrü"ly \ secret/with+everything=in it`
	for _, before := range []string{"", "a", "ab", "abc", "\x00user\x00"} {
		text := before + secret + "z"
		quoted, _ := json.Marshal(text)
		for _, log := range []string{
			text, string(quoted), fmt.Sprintf("%q", text), url.QueryEscape(text), url.PathEscape(text), hex.EncodeToString([]byte(text)), fmt.Sprintf("%X", text),
			base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)), html.EscapeString(text),
		} {
			if webtest.FindSecret(log, secret) == "" {
				t.Errorf("the secret is not found in %s", log)
			}
		}
	}
	if how := webtest.FindSecret(base64.StdEncoding.EncodeToString([]byte("a text that is not secret at all, but as long")), secret); how != "" {
		t.Errorf("a secret is found where there is none, %s", how)
	}
}
