package webtest

import "strings"

// HostileCallbacks are the known ways to make a redirect leave a site whose origin is
// https://app.example (RD-1).
var HostileCallbacks = []string{
	"https://evil.example", "https://evil.example/", "http://evil.example/x", "//evil.example", "///evil.example", "////evil.example",
	`/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, `//\evil.example`, `https:\\evil.example`, `https:/\evil.example`,
	"/\tevil.example", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\n/evil.example", " //evil.example", "//evil.example ", "/ /evil.example",
	"/\x00/evil.example", "/\x7f/evil.example", "/dash\x01board",
	"https:evil.example", "https:/evil.example", "https:///evil.example", "http:evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
	"data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:https://app.example/x", "file:///etc/passwd", "mailto:a@b.example", "ftp://app.example/",
	"https://app.example@evil.example/", "https://app.example:x@evil.example/", "https://user@app.example/", "https://app.example.evil.example/", "https://evil.example#app.example",
	"https://evil.example?app.example", "https://evil.example/app.example", "https://app.example:8443/", "http://app.example/", "https://app.example:443@evil.example/",
	"https://app.example%2eevil.example/", "https://app.example%00.evil.example/", "https://app.example\\.evil.example/", "https://app。example/", "https://ａpp.example/",
	"https://app.example//evil.example", "https://app.example///evil.example", "app.example", "evil.example", "dashboard", "./dashboard", "../dashboard", "?x=1", "#x", "", "/%zz", "%2f%2fevil.example",
	"https://[::1]/", "https://app.example:", "https://APP.example.evil.example", "/\u2028/evil.example", "/é", "HTTPS://evil.example/", "//app.example/dashboard",
	"/" + strings.Repeat("x", 100_000), "https://app.example/" + strings.Repeat("x", 100_000),
}
