// Package device puts what a browser says of itself into words that its owner knows.
package device

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/mileusna/useragent"
)

// maxDeviceName is the longest browser name taken from a User-Agent header, in
// bytes: anyone can write anything into it.
const maxDeviceName = 30

// Name reads a User-Agent header in words such as "Firefox on Windows".
// kind picks the picture. Both are "" where the header says nothing that a
// person would recognise: a wrong name is worse than none.
func Name(header string) (name, kind string) {
	for _, t := range things {
		if t.sign.MatchString(header) {
			return t.name, t.kind
		}
	}
	ua := useragent.Parse(header)
	if ua.OS == useragent.Android && !strings.Contains(header, "Mobile") { // how browsers tell, and the parser does not
		ua.Mobile, ua.Tablet = false, true
	}
	browser, system := browserWords(ua, header), systemWords(ua)
	switch {
	case browser == "Safari" && ua.OS == useragent.MacOS:
		system = "Mac or iPad" // an iPad asks for desktop pages, as a Mac
	case browser == "Safari" && ua.OS != useragent.IOS:
		browser = "" // many embedded browsers end in "Safari"; Safari runs on Apple's systems only
	}
	switch {
	case browser == "" && system == "":
		return "", ""
	case browser == "":
		return "Unknown browser on " + system, kindOf(ua)
	case system == "":
		return browser, kindOf(ua)
	}
	return browser + " on " + system, kindOf(ua)
}

// thing is a device that is better known than the browser in it.
type thing struct {
	sign *regexp.Regexp
	name string
	kind string
}

// things are tried in order: consoles and televisions pretend to be Safari or
// Chrome, and bots to be anything.
var things = []thing{
	{regexp.MustCompile(`PlayStation Vita`), "PlayStation Vita", "console"},
	{regexp.MustCompile(`(?i)PlayStation`), "PlayStation", "console"},
	{regexp.MustCompile(`Nintendo Switch`), "Nintendo Switch", "console"},
	{regexp.MustCompile(`Nintendo`), "Nintendo console", "console"},
	{regexp.MustCompile(`Xbox`), "Xbox", "console"},
	{regexp.MustCompile(`Steam (Deck|GameOverlay)|Valve Steam`), "Steam", "console"},
	{regexp.MustCompile(`(?i)AppleTV|tvOS`), "Apple TV", "tv"},
	{regexp.MustCompile(`\bAFT[A-Z0-9]{1,5}\b`), "Fire TV", "tv"},
	{regexp.MustCompile(`\bCrKey\b`), "Chromecast", "tv"},
	{regexp.MustCompile(`(?i)\bRoku`), "Roku", "tv"},
	{regexp.MustCompile(`(?i)Web0S|webOS\.TV|NetCast`), "LG TV", "tv"},
	{regexp.MustCompile(`(?i)Tizen.*(TV|SMART-TV)|SMART-TV.*Tizen|Maple`), "Samsung TV", "tv"},
	{regexp.MustCompile(`BRAVIA`), "Sony TV", "tv"},
	{regexp.MustCompile(`(?i)HbbTV|Smart-?TV|Android TV|GoogleTV|VIDAA`), "Smart TV", "tv"},
	{regexp.MustCompile(`(?i)Silk/`), "Silk on Fire tablet", "tablet"},
	{regexp.MustCompile(`(?i)\bKindle\b`), "Kindle", "tablet"},
	{regexp.MustCompile(`OculusBrowser|Quest \d`), "Meta Quest", "console"},
	{regexp.MustCompile(`(?i)Tesla/|QtCarBrowser`), "Tesla", "globe"},
}

// apps are browsers inside other apps, and browsers that the parser takes for
// the one they are made of.
var apps = []struct{ sign, name string }{
	{"FBAN/", "Facebook"}, {"FBAV/", "Facebook"}, {"FB_IAB", "Facebook"}, {"Instagram", "Instagram"}, {"musical_ly", "TikTok"},
	{"BytedanceWebview", "TikTok"}, {"LinkedInApp", "LinkedIn"}, {"Snapchat", "Snapchat"}, {"Pinterest", "Pinterest"},
	{"MicroMessenger", "WeChat"}, {"Line/", "LINE"}, {"WhatsApp", "WhatsApp"}, {"GSA/", "Google app"}, {"Slack", "Slack"},
	{"Teams/", "Teams"}, {"Discord", "Discord"}, {"SamsungBrowser", "Samsung Internet"}, {"DuckDuckGo/", "DuckDuckGo"}, {"Ddg/", "DuckDuckGo"},
	{"YaBrowser", "Yandex Browser"}, {"UCBrowser", "UC Browser"}, {"MiuiBrowser", "Mi Browser"}, {"HuaweiBrowser", "Huawei Browser"},
	{"Vivaldi", "Vivaldi"}, {"Brave", "Brave"}, {"OPR/", "Opera"}, {"OPT/", "Opera"}, {"EdgiOS", "Edge"}, {"EdgA/", "Edge"}, {"FxiOS", "Firefox"},
	{"Focus/", "Firefox Focus"}, {"Trident/", "Internet Explorer"}, {"CriOS", "Chrome"}, {"Electron/", "Desktop app"}, {"; wv)", "App"}, {"Epiphany", "GNOME Web"},
}

// browserWords is the browser's name as its owner knows it; "" for a name that
// looks made up: a program names itself and its version, "curl/8.14".
func browserWords(ua useragent.UserAgent, header string) string {
	for _, app := range apps {
		if strings.Contains(header, app.sign) {
			return app.name
		}
	}
	strange := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .-_", r)
	}
	name := strings.TrimSpace(ua.Name)
	if name == useragent.Mozilla || !strings.Contains(header, "/") || len(name) > maxDeviceName || len(name) < 2 || strings.ContainsFunc(name, strange) {
		return ""
	}
	return name
}

// systemWords is the device as its owner calls it.
func systemWords(ua useragent.UserAgent) string {
	switch {
	case ua.OS == useragent.IOS && ua.Tablet:
		return "iPad"
	case ua.OS == useragent.IOS:
		return "iPhone"
	case ua.OS == useragent.Android && ua.Tablet:
		return "Android tablet"
	case ua.OS == useragent.MacOS:
		return "Mac"
	case ua.OS == useragent.ChromeOS:
		return "Chromebook"
	}
	return ua.OS
}

// kindOf picks the picture.
func kindOf(ua useragent.UserAgent) string {
	switch {
	case ua.Bot:
		return "robot"
	case ua.Tablet:
		return "tablet"
	case ua.Mobile, ua.OS == useragent.Android:
		return "phone"
	case ua.Desktop:
		return "desktop"
	}
	return ""
}
