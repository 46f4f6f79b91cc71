package kit

import "testing"

func TestDescribe(t *testing.T) {
	const webKit = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
	for _, c := range []struct{ header, name, kind string }{
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) " + webKit, "Safari on iPhone", "phone"},
		{"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) " + webKit, "Safari on iPad", "tablet"},
		{"Mozilla/5.0 (Linux; Android 10; K) " + chrome + " Mobile Safari/537.36", "Chrome on Android phone", "phone"},
		{"Mozilla/5.0 (Linux; Android 10; K) " + chrome + " Safari/537.36", "Chrome on Android tablet", "tablet"},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " + chrome + " Safari/537.36", "Chrome on Chromebook", "desktop"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari on Mac", "desktop"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows", "desktop"},
		{"curl/8.14.1", "curl", ""},
		{"", "", ""},
	} {
		if name, kind := describe(c.header); name != c.name || kind != c.kind {
			t.Errorf("describe(%q) = %q, %q, want %q, %q", c.header, name, kind, c.name, c.kind)
		}
	}
}
