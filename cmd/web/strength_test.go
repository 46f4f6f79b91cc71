package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// generators are the ways in which people make a secret.
var generators = map[string]func() string{
	"openssl rand -base64 33": func() string { return base64.StdEncoding.EncodeToString(randomBytes(33)) },
	"openssl rand -base64 32": func() string { return base64.StdEncoding.EncodeToString(randomBytes(32)) },
	"openssl rand -base64 48": func() string { return base64.StdEncoding.EncodeToString(randomBytes(48)) },
	"base64url":               func() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) },
	"openssl rand -hex 32":    func() string { return hex.EncodeToString(randomBytes(32)) },
	"openssl rand -hex 24":    func() string { return hex.EncodeToString(randomBytes(24)) },
	"capital hex":             func() string { return strings.ToUpper(hex.EncodeToString(randomBytes(32))) },
	"two UUIDs":               func() string { return uuid() + uuid() },
	"two UUIDs with a dash":   func() string { return uuid() + "-" + uuid() },
	"rand.Text twice":         func() string { return rand.Text() + rand.Text() },
}

func uuid() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func TestRandomSecretsAlwaysPass(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, generate := range generators {
		t.Run(name, func(t *testing.T) {
			n := 2000
			if name == "openssl rand -base64 33" { // what every message says to make
				n = 10_000
			}
			for range n {
				if s := generate(); weakness(s) != "" {
					t.Fatalf("weakness(%q) = %q, want none", s, weakness(s))
				}
			}
		})
	}
}

func TestSecretsThatCanBeGuessed(t *testing.T) {
	once := base64.StdEncoding.EncodeToString(randomBytes(18))
	for _, s := range []string{
		// repeats
		strings.Repeat("a", 64), strings.Repeat("ab", 20), strings.Repeat("abc123", 8), strings.Repeat("Zk9", 12), once + once,
		once + strings.ToLower(once), once + "-" + once, once + "/" + once + "/", once[:12] + once[:12] + once[:12],
		"xK7x" + strings.Repeat("0", 40), strings.Repeat("x", 31) + "y", "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeee",
		"abababababababcdcdcdcdcdcdcdefefefefef", strings.Repeat("deadbeef", 4), strings.Repeat("deadbeef", 8), strings.Repeat("cafebabe", 5), "changemechangemechangemechangeme",
		// runs
		"12345678901234567890123456789012", "0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz012345", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef",
		"98765432109876543210987654321098", "zyxwvutsrqponmlkjihgfedcba987654", "fedcba9876543210fedcba9876543210", "acegikmoqsuwyacegikmoqsuwy024681",
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6", "1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p", "abcdefghABCDEFGH12345678!@#$%^&*", "aabbccddeeffgghhiijjkkllmmnnoopp",
		"abc123def456ghi789jkl012mno345pqr678",
		// hex and base64 of runs and of text
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100", "0011223344556677889900112233445566778899",
		"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "11111111-2222-3333-4444-555555555555", "12345678-1234-1234-1234-123456789abc", "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"00020406080a0c0e10121416181a1c1e20222426282a2c2e30323436383a3c3e", "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100",
		base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef")), base64.StdEncoding.EncodeToString([]byte("correct horse battery staple, again")),
		base64.StdEncoding.EncodeToString(make([]byte, 33)), base64.StdEncoding.EncodeToString(sequence(33)), base64.RawURLEncoding.EncodeToString(sequence(40)),
		hex.EncodeToString([]byte("a phrase in hex is a phrase")), hex.EncodeToString([]byte("supersecret")) + hex.EncodeToString([]byte("password")),
		// phrases
		"correct horse battery staple and so on", "correcthorsebatterystaplecorrecthorse", "correct-horse-battery-staple-again-and-again", "CorrectHorseBatteryStapleForever2024!",
		"MyDogIsCalledRexAndHeLikesBones2024!", "thisisaverysecretsecretfornobody", "this_is_the_secret_of_my_application", "please-change-me-before-production!!",
		"your-secret-goes-here-please-replace", "super_secret_key_for_production_2024", "P4ssw0rdP4ssw0rd1sMyS3cr3tK3y2024!!", "Th1s1sMyV3ryS3cur3S3cr3tF0rPr0d!!!",
		"DiesIstEinSehrGeheimesKennwort1234", "ceciestunmotdepassetressecret123456", "estaesunacontrasenamuysegura123456", "SuperSecretKey123456789012345678901",
		"Umpire-Gondola-Velvet-Cactus-Marble", "the quick brown fox jumps over the lazy dog", "ein sehr geheimes Wort für die Anwendung", "очень секретная фраза для сайта", "toBeOrNotToBeThatIsTheQuestion1601",
		"iloveyouiloveyoumybabyiloveyou2023", "JWT_SECRET_KEY_CHANGE_ME_IN_PRODUCTION", "supersecretsupersecretsupersecret", "DEVELOPMENT-ONLY-SECRET-DO-NOT-USE", "hunter2-my-cat-is-fluffy-2019-ok", "acme-corp-auth-secret-production-eu1", "quizzically jinxed wyvern fjord hymn", "quizzically.jinxed.wyvern.fjord.hymn",
		// keyboards
		"qwertyuiopasdfghjklzxcvbnm123456", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,", "zaq12wsxcde34rfvbgt56yhnmju78ik,", "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<", "azertyuiopqsdfghjklmwxcvbn123456", "poiuytrewqlkjhgfdsamnbvcxz098765",
		"qwertzuiopasdfghjklyxcvbnm123456", "asdfghjkl;asdfghjkl;asdfghjkl;as", "qazwsxedcrfvtgbyhnujmikolp012345",
		// digits and dates
		"20240115202401162024011720240118", "1990-01-31 1992-02-29 1994-12-24 2001", "01.02.1990-03.04.1992-05.06.1994-07.08", "3141592653589793238462643383279502884197", "24December1990and31January1985and1May",
		"49151234567894915123456788491512345",
	} {
		if weakness(s) == "" {
			t.Errorf("weakness(%q) = none, want it refused", s)
		}
	}
}

func sequence(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}
