package authjs_test

import (
	"math/rand/v2"
	"testing"

	"latchkey/internal/authjs"
)

func TestValuesAreEncodedAsByTheBrowser(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"azAZ09-_.!~*'()":            "azAZ09-_.!~*'()",
		"a|b":                        "a%7Cb",
		" +&=;,/?:@#$\"\\<>^`{}[]%":  "%20%2B%26%3D%3B%2C%2F%3F%3A%40%23%24%22%5C%3C%3E%5E%60%7B%7D%5B%5D%25",
		"http://localhost:3000/?x=1": "http%3A%2F%2Flocalhost%3A3000%2F%3Fx%3D1",
		"ä€😀":                        "%C3%A4%E2%82%AC%F0%9F%98%80",
		"\x00\r\n\x7f":               "%00%0D%0A%7F",
		"\xff":                       "%EF%BF%BD",
	} {
		if got := authjs.EncodeValue(text); got != want {
			t.Errorf("EncodeValue(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestValuesAreDecodedAsByAuthJS(t *testing.T) {
	for value, want := range map[string]string{
		"":               "",
		"plain":          "plain",
		"a+b":            "a+b",
		"a%7Cb":          "a|b",
		"a%7cb":          "a|b",
		"%E2%82%AC":      "€",
		"100%":           "100%",
		"%zz":            "%zz",
		"%41%":           "%41%",
		"%FF":            "%FF",
		"%C0%AF":         "%C0%AF",
		"%ED%A0%80":      "%ED%A0%80",
		"%25":            "%",
		"%2541":          "%41",
		"caf\xc3\xa9%21": "café!",
	} {
		if got := authjs.DecodeValue(value); got != want {
			t.Errorf("DecodeValue(%q) = %q, want %q", value, got, want)
		}
	}
}

func TestEveryTextSurvivesEncodingAndDecoding(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		text := randomText(rng)
		if got := authjs.DecodeValue(authjs.EncodeValue(text)); got != text {
			t.Errorf("DecodeValue(EncodeValue(%q)) = %q", text, got)
		}
	}
}
