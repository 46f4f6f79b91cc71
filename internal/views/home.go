package views

import "time"

// commandLines are what a developer types to have this running.
const commandLines = "git clone <this repository> app && cd app\ngo run ./cmd/web\nopen http://localhost:8080"

// HomeModel is the front page.
type HomeModel struct {
	Strategy string // the strategy in use: "jwt" or "database"
	Database string // the database in use, in words: "SQLite", "PostgreSQL"; "": not mentioned
	Demo     *Demo  // an account to try; nil: none, and always nil in production
}

// feature is one reason to choose this starter. The first code word of a text,
// if any, is shown before it.
type feature struct{ title, code, text string }

var features = []feature{
	{"One switch", "SESSION_STRATEGY=jwt|database", "Change it on a live site and nobody is signed out."},
	{"Sign out everywhere", "", "One device, all the others, or all of them. Every server knows within milliseconds."},
	{"Limit concurrent logins", "", "A limit that two logins at the same moment can't get past. Sign out the oldest, or ask."},
	{"Tabs in step", "", "Sign out in one tab and the others follow. One tab polls for all of them."},
	{"Works with Auth.js", "", "The same cookie and endpoints. A Next.js app on your domain can share the session."},
	{"One binary", "", "Go, templ, SQLite or PostgreSQL. No Node, no build step, no C compiler."},
}

// contrastRow holds the strategies side by side.
type contrastRow struct{ question, jwt, database string }

var strategyRows = []contrastRow{
	{"In the cookie", "Your user's details, encrypted", "A random ID"},
	{"Cost of a request", "No database query", "One indexed query, or none"},
	{"Sign-out takes effect", "At once", "At once"},
	{"Pick it when", "You run many servers, or share the login with Auth.js", "You want small cookies and nothing readable in the browser"},
}

// reading is a file of the repository worth reading next.
type reading struct{ path, text string }

var readings = []reading{
	{"README.md", "The tree, the way of a request, and how to add a page."},
	{"docs/authjs.md", "Share the session with Auth.js, and where we differ."}, {"docs/browser.md", "What session.js does in an open tab."},
}

// exampleDevices are invented, for the front page.
func exampleDevices(now time.Time) []Device {
	return []Device{
		{ID: "here", Name: "Firefox on Windows", Kind: "desktop", IP: "203.0.113.7", Current: true},
		{ID: "phone", Name: "Safari on iPhone", Kind: "phone", IP: "198.51.100.24", LastSeen: now.Add(-2 * time.Minute)},
		{ID: "android", Name: "Chrome on Android", Kind: "phone", IP: "198.51.100.99", LastSeen: now.Add(-3 * time.Hour)},
		{ID: "tablet", Name: "Safari on iPad", Kind: "tablet", IP: "203.0.113.7", LastSeen: now.Add(-26 * time.Hour)},
	}
}
