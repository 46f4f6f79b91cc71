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

func FuzzCanonicalEmail(f *testing.F) {
	f.Add("Ada＠Example.com")
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
