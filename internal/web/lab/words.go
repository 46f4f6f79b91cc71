package lab

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/internal/views"
)

// Model is the session lab: what this session is made of, at this moment.
type Model struct {
	Strategy string         // the strategy in force: "jwt" or "database"
	Cookie   Cookie         // what the browser holds
	Large    bool           // the user's roles are padded, so that a JWT is large
	AuthCost int            // round trips to the database to know who asks
	ListCost int            // round trips to list the sessions
	ViewSize int            // sessions in the view
	Devices  []views.Device // the user's live sessions
	Dropped  time.Duration  // for how much longer polls and pushes are cut; 0: they are not
	DropFor  time.Duration  // how long the button cuts them
	Notice   string         // what has just been done; "": nothing

	ValidatedAt time.Time     // when the database last vouched for the session
	ExpiresAt   time.Time     // when it ends if it is not used
	AbsoluteEnd time.Time     // when it ends whatever happens
	RenewAfter  time.Duration // age of the last validation at which the database is asked; 0: always
	MaxAge      time.Duration // from a renewal to ExpiresAt
	AbsoluteAge time.Duration // from the sign-in to AbsoluteEnd
}

// Cookie is the session cookie, as far as it may be shown.
type Cookie struct {
	Bytes  int     // length of its value
	Count  int     // how many cookies it fills
	Start  string  // first characters of an opaque token; "": it is a JWT
	Claims []Claim // of a JWT; nil: it is an opaque token
}

// Claim is one claim of a JWT.
type Claim struct {
	Name string
	Text string    // "": it is a date
	Date time.Time // zero: it is a text
}

// claimWords says what each claim of ours is for.
var claimWords = map[string]string{
	"sub":       "whose session it is: the user's id",
	"sid":       "which session it is: the id of its row",
	"name":      "the user's name",
	"email":     "the user's address",
	"picture":   "the user's picture",
	"auth_time": "when the user last proved who they are",
	"amr":       "how they proved it (RFC 8176)",
	"vat":       "when the database last vouched for it",
	"exp":       "expires: every renewal moves it",
	"abs":       "the absolute end: nothing moves it",
	"iat":       "issued at: when this token was made",
	"jti":       "the token's own id, new with every token",
	"roles":     "what the user may do, from the profile",
	"plan":      "what the user pays for, from the profile",
}

func (c Claim) words() string {
	if words, ours := claimWords[c.Name]; ours {
		return words
	}
	return "another application's: kept as it is"
}

// shownRunes is how much of a claim the page shows.
const shownRunes = 48

// short is the beginning of a long text.
func short(text string) string {
	if utf8.RuneCountInString(text) <= shownRunes {
		return text
	}
	return string([]rune(text)[:shownRunes]) + "…"
}

// cut says how long a text is of which only the beginning is shown; "" for a
// text that is shown in full.
func cut(text string) string {
	if short(text) == text {
		return ""
	}
	return strconv.Itoa(len(text)) + " bytes in all"
}

// spread says over how many cookies a value is spread.
func (c Cookie) spread() string {
	if c.Count == 1 {
		return "in one cookie"
	}
	return fmt.Sprintf("in %d cookies, since none may hold more than 4096", c.Count)
}

// tripsWord is what AuthCost counts.
func (m Model) tripsWord() string {
	if m.AuthCost == 1 {
		return "round trip"
	}
	return "round trips"
}

// costWords says what else the answer asked the database for.
func (m Model) costWords() string {
	list := "the list of sessions below costs " + strconv.Itoa(m.ListCost)
	if m.AuthCost == 0 {
		return "to know who you are; " + list
	}
	return "to know who you are: a check was due; " + list
}

// viewWords counts what the view holds.
func (m Model) viewWords() string {
	if m.ViewSize == 1 {
		return "entry"
	}
	return "entries"
}

// sizeWords says what the large token shows under the strategy in force.
func (m Model) sizeWords() string {
	if m.Strategy == "database" {
		return "The token grows under jwt only: here the cookie stays 43 bytes, and the roles stay in the row."
	}
	return "The token outgrows one cookie and is spread over several."
}

// clock is a time that runs out.
type clock struct {
	Label string
	Until time.Time     // when it has run out
	Span  time.Duration // how much it had when it was full; 0: it is always empty
	Words string        // what happens then
}

func (m Model) clocks() []clock {
	again := "Until then no request asks the database. The next one does, and renews the session if it counts as activity."
	if m.RenewAfter <= 0 {
		again = "Every request asks the database: SESSION_RENEW_AFTER is 0."
	}
	return []clock{
		{"Validated, good for", m.ValidatedAt.Add(m.RenewAfter), m.RenewAfter, again},
		{"Expires in", m.ExpiresAt, m.MaxAge, "If nothing renews it. Each renewal gives it " + ticking(m.MaxAge) + ", but never more than is left below."},
		{"Ends for good in", m.AbsoluteEnd, m.AbsoluteAge, "Whatever you do: " + ticking(m.AbsoluteAge) + " after you signed in."},
	}
}

// rest is how much is left, never less than nothing nor more than there was.
func (c clock) rest(p views.Page) time.Duration {
	return max(0, min(c.Until.Sub(p.Now), c.Span))
}

// of gives a bar its ends; a bar from nothing to nothing would be invalid.
func (c clock) of() string { return seconds(max(c.Span, time.Second)) }

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// ticking puts a length of time into all its units, down to the second: what
// the reader shall see running. lab.js has the same.
func ticking(d time.Duration) string {
	whole := int(d / time.Second)
	parts := []string{}
	for _, unit := range []struct {
		seconds int
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}} {
		if n := whole / unit.seconds; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+unit.name)
		}
		whole %= unit.seconds
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// endPath is where the form posts that ends one session.
func endPath(id string) string { return "/lab/sessions/" + url.PathEscape(id) + "/end" }

// endID names the button that ends a session: lab.js gives it the focus back.
func endID(id string) string { return "end-" + url.PathEscape(id) }

// contrast is a row of the table that holds the strategies side by side.
type contrast struct{ question, jwt, database string }

var contrasts = []contrast{
	{"The cookie carries", "the claims, encrypted, in the format of Auth.js v5", "a random number; its row keeps only the SHA-256 of it"},
	{"It is", "600 to 700 bytes, more with more claims, in four cookies at most", "43 bytes, whatever you know of the user"},
	{"A request costs", "one decryption and a look into the view: no round trip", "a look into memory, or one indexed query on a server that has not seen it yet"},
	{"The row is asked again", "when the first bar above has run out, or the view has news", "the same"},
	{"It is revoked by", "ending the row, which tells the view of every server within milliseconds", "the same: one row, one view"},
	{"When the database is down", "who was validated lately goes on until that runs out; then the answer is 503, never “signed out”", "the same"},
	{"Who else can read it", "any service that has the secret, without a database", "nobody: without the row it means nothing"},
	{"Choose it for", "many servers, a distant database, a domain shared with apps of Auth.js", "small cookies, much to know about a user, nothing to decrypt at the browser's end"},
}
