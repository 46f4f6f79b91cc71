package accounts

import (
	"strings"
	"testing"
)

func TestCanonicalEmail(t *testing.T) { // LG-4
	tests := []struct{ typed, want string }{ // want "" = refused
		{"ada@example.com", "ada@example.com"},
		{"  Ada@Example.COM\n", "ada@example.com"},
		{"ada+tag@mail.example.com", "ada+tag@mail.example.com"},
		{"ada＠example.com", "ada@example.com"}, // fullwidth @ is the same character under NFKC
		{"ａｄａ@example.com", "ada@example.com"},
		{"o'brien@example.com", "o'brien@example.com"},
		{"ada@MÜNCHEN.example", "ada@xn--mnchen-3ya.example"},        // as Firefox sends it
		{"ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example"}, // as Chromium does
		{"ada@XN--MNCHEN-3YA.example", "ada@xn--mnchen-3ya.example"},
		{"ada@mu\u0308nchen.example", "ada@xn--mnchen-3ya.example"}, // ü as two characters
		{"ada@faß.example", "ada@xn--fa-hia.example"},
		{"ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"}, // an ideographic full stop
		{"ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai"},
		{"ada@مثال.إختبار", "ada@xn--mgbh0fb.xn--kgbechtv"},
		{"ada@example.com.", ""},
		{"ada@xn--zzzzzz99999.example", ""},          // no punycode
		{"ada@exam\u200bple.com", "ada@example.com"}, // a space of no width is no part of a name (UTS #46)
		{"ada@127.0.0.1", ""},
		{"ada@[127.0.0.1]", ""},
		{"ada@1.2.3.4.5", ""},
		{"ada@пример.123", ""},
		{"ada@" + strings.Repeat("ü", 70) + ".example", ""}, // longer than a label once it is ASCII
		{"", ""},
		{"ada", ""},
		{"ada@localhost", ""},
		{"ada@@example.com", ""},
		{"ada@example..com", ""},
		{"ada@-example.com", ""},
		{"Ada <ada@example.com>", ""},
		{`"ada@evil"@example.com`, ""},
		{"a@b.example,c@d.example", ""},
		{"ada@example.com\r\nBcc: eve@example.com", ""},
		{"ada\x00@example.com", ""},
		{"straße@example.com", ""},
		{"adı@example.com", ""},
		{strings.Repeat("a", 65) + "@example.com", ""},
		{"a@" + strings.Repeat("b.", 130) + "com", ""},
		{strings.Repeat("a", 1<<20), ""},
	}
	for _, tt := range tests {
		got, ok := CanonicalEmail(tt.typed)
		if got != tt.want && ok || ok != (tt.want != "") {
			t.Errorf("CanonicalEmail(%.40q) = %q, %v, want %q", tt.typed, got, ok, tt.want)
		}
	}
}

func TestDisplayEmail(t *testing.T) {
	for email, want := range map[string]string{
		"ada@example.com": "ada@example.com", "ada@xn--mnchen-3ya.example": "ada@münchen.example", "ada@xn--e1afmkfd.xn--p1ai": "ada@пример.рф",
		"ada@xn--zzzzzz99999.example": "ada@xn--zzzzzz99999.example", "": "", "ada": "ada",
	} {
		if got := DisplayEmail(email); got != want {
			t.Errorf("DisplayEmail(%q) = %q, want %q", email, got, want)
		}
	}
}

func FuzzCanonicalEmail(f *testing.F) {
	f.Add("Ada＠Example.com")
	f.Add("ada@mu\u0308nchen。example")
	f.Add("ada@xn--fa-hia.example")
	f.Fuzz(func(t *testing.T, typed string) {
		once, ok := CanonicalEmail(typed)
		if !ok {
			return
		}
		if twice, ok := CanonicalEmail(once); !ok || twice != once {
			t.Errorf("CanonicalEmail(%q) = %q, which becomes %q, want it unchanged", typed, once, twice)
		}
		if strings.ContainsAny(once, "\r\n ,<>\"\x00") || strings.Count(once, "@") != 1 {
			t.Errorf("CanonicalEmail(%q) = %q, want one plain mailbox", typed, once)
		}
	})
}
