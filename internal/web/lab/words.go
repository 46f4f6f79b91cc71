package lab

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/internal/views"
)

// Model is the session lab: what this session is made of, at this moment.
type Model struct {
	Strategy string        // the strategy in force: "jwt" or "database"
	Cookie   Cookie        // what the browser holds
	Large    bool          // the user's roles are padded, so that a JWT is large
	AuthCost int           // round trips to the database to know who asks
	ViewSize int           // sessions that this instance remembers as ended or changed
	Practice Practice      // the second login, if there is one
	Dropped  time.Duration // for how much longer polls and pushes are cut; 0: they are not
	DropFor  time.Duration // how long the button cuts them
	Notice   string        // what has just been done; "": nothing

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
	"sub": "user", "sid": "session", "name": "name", "email": "email", "picture": "picture", "auth_time": "signed in", "amr": "by (RFC 8176)",
	"vat": "last check", "exp": "expires", "abs": "ends at the latest", "iat": "issued", "jti": "token", "roles": "roles", "plan": "plan",
}

func (c Claim) words() string {
	if words, ours := claimWords[c.Name]; ours {
		return words
	}
	return "another app's"
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
	return fmt.Sprintf("in %d cookies", c.Count)
}

// costWords says why the answer asked the database.
func (m Model) costWords() string {
	if m.AuthCost == 0 {
		return "the last check still counts"
	}
	return "a check was due"
}

// clock is a time that runs out.
type clock struct {
	Label string
	Until time.Time     // when it has run out
	Span  time.Duration // how much it had when it was full; 0: it is always empty
}

func (m Model) clocks() []clock {
	return []clock{
		{"Next check", m.ValidatedAt.Add(m.RenewAfter), m.RenewAfter},
		{"If unused", m.ExpiresAt, m.MaxAge},
		{"At the latest", m.AbsoluteEnd, m.AbsoluteAge},
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

// contrast is a row of the table that holds the strategies side by side.
type contrast struct{ question, jwt, database string }

var contrasts = []contrast{
	{"In the cookie", "your details, encrypted", "a random token"},
	{"Size", "600 bytes and more", "43 bytes"},
	{"A request costs", "no query", "no query, or one"},
	{"Sign-out takes effect", "at once", "at once"},
	{"Others can read it", "with the secret", "no"},
}
