package device

import (
	"strings"
	"testing"
)

func TestDeviceOf(t *testing.T) {
	const webKit = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	const inApp = "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
	const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
	const iPhone, iPad = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ", "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) "
	const android, windows = "Mozilla/5.0 (Linux; Android 10; K) ", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
	const mac, linux = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ", "Mozilla/5.0 (X11; Linux x86_64) "
	for _, c := range []struct{ header, name, kind string }{
		{iPhone + webKit, "Safari on iPhone", "phone"},
		{iPad + webKit, "Safari on iPad", "tablet"},
		{mac + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari on Mac or iPad", "desktop"},
		{mac + chrome + " Safari/537.36", "Chrome on Mac", "desktop"},
		{windows + chrome + " Safari/537.36", "Chrome on Windows", "desktop"},
		{linux + chrome + " Safari/537.36", "Chrome on Linux", "desktop"},
		{android + chrome + " Mobile Safari/537.36", "Chrome on Android", "phone"},
		{android + chrome + " Safari/537.36", "Chrome on Android tablet", "tablet"},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " + chrome + " Safari/537.36", "Chrome on Chromebook", "desktop"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows", "desktop"},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux", "desktop"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Mac", "desktop"},
		{"Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android", "phone"},
		{windows + chrome + " Safari/537.36 Edg/138.0.0.0", "Edge on Windows", "desktop"},
		{android + chrome + " Mobile Safari/537.36 EdgA/138.0.0.0", "Edge on Android", "phone"},
		{iPhone + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/138.0.0.0 Mobile/15E148 Safari/605.1.15", "Edge on iPhone", "phone"},
		{iPhone + "AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.7204.33 Mobile/15E148 Safari/604.1", "Chrome on iPhone", "phone"},
		{iPhone + "AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone", "phone"},
		{windows + chrome + " Safari/537.36 OPR/120.0.0.0", "Opera on Windows", "desktop"},
		{windows + chrome + " Safari/537.36 Vivaldi/7.4", "Vivaldi on Windows", "desktop"},
		{"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android", "phone"},
		{linux + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15 Epiphany/605.1.15", "GNOME Web on Linux", "desktop"},
		{linux + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Unknown browser on Linux", "desktop"},
		// Browsers in apps.
		{iPhone + inApp + " Instagram 380.0.0.28.109", "Instagram on iPhone", "phone"},
		{iPhone + inApp + " [FBAN/FBIOS;FBAV/500.0.0.0]", "Facebook on iPhone", "phone"},
		{"Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36", "App on Android", "phone"},
		{iPhone + inApp + " MicroMessenger/8.0.50", "WeChat on iPhone", "phone"},
		{iPhone + "AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/370.0 Mobile/15E148 Safari/604.1", "Google app on iPhone", "phone"},
		{iPhone + inApp + " LinkedInApp/9.30", "LinkedIn on iPhone", "phone"},
		// Consoles, televisions, cars and glasses.
		{"Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", "PlayStation", "console"},
		{"Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)", "PlayStation", "console"},
		{"Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/606.4 (KHTML, like Gecko) NF/6.0.1.15.4 NintendoBrowser/5.1.0.20393", "Nintendo Switch", "console"},
		{"Mozilla/5.0 (Nintendo 3DS; U; ; en) Version/1.7498.US", "Nintendo console", "console"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) " + chrome + " Safari/537.36 Edge/44.18363.8131", "Xbox", "console"},
		{"Mozilla/5.0 (Web0S; Linux/SmartTV) " + chrome + " Safari/537.36 WebAppManager", "LG TV", "tv"},
		{"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/76.0 TV Safari/537.36", "Samsung TV", "tv"},
		{"Mozilla/5.0 (Linux; Android 9; AFTMM) " + chrome + " Mobile Safari/537.36", "Fire TV", "tv"},
		{"Mozilla/5.0 (X11; Linux armv7l) " + chrome + " Safari/537.36 CrKey/1.56.500000", "Chromecast", "tv"},
		{"Mozilla/5.0 (Linux; Android 12; BRAVIA 4K) " + chrome + " Safari/537.36", "Sony TV", "tv"},
		{"Roku/DVP-12.0 (12.0.0.4182-88)", "Roku", "tv"},
		{"Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0 Chrome/126.0.0.0 VR Safari/537.36", "Meta Quest", "console"},
		{"Mozilla/5.0 (X11; GNU/Linux) " + chrome + " Safari/537.36 Tesla/2024.26", "Tesla", "globe"},
		// Programs, and what nobody knows.
		{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", "robot"},
		{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "Bingbot", "robot"},
		{"curl/8.14.1", "curl", ""},
		{"Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer on Windows", "desktop"},
		{linux + "AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/138.0.0.0 Safari/537.36", "Headless Chrome on Linux", "robot"},
		{"undefined", "", ""},
		{"null", "", ""},
		{"This device", "", ""},
		{"😀/1.0", "", ""},
		{strings.Repeat("Mozilla/5.0 ", 300), "", ""},
		{"Go-http-client/2.0", "Go-http-client", ""},
		{"<script>alert(1)</script>", "", ""},
		{"\u202eevil/1.0", "", ""},
		{"Mozilla/5.0", "", ""},
		{strings.Repeat("x", 300) + "/1.0", "", ""},
		{"-", "", ""},
		{"", "", ""},
	} {
		if name, kind := Name(c.header); name != c.name || kind != c.kind {
			t.Errorf("Name(%q) = %q, %q, want %q, %q", c.header, name, kind, c.name, c.kind)
		}
	}
}
