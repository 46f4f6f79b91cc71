package views

import (
	"fmt"
	"time"
)

// relative puts a moment in words: "just now", "5 minutes ago", "in 6 days".
// The past is rounded down, as people do: after 110 minutes it was an hour ago.
func relative(now, t time.Time) string {
	d := now.Sub(t)
	if d < 0 {
		return "in " + span(aboutToCome(-d))
	}
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
}

// aboutToCome rounds a little, so that a week that began a moment ago is still
// a week and not six days.
func aboutToCome(d time.Duration) time.Duration {
	if d > 12*time.Hour {
		return d.Round(time.Hour)
	}
	return d.Round(time.Minute)
}

// span puts a length of time into its largest unit.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < day:
		return plural(int(d/time.Hour), "hour")
	case d < 60*day:
		return plural(int(d/day), "day")
	default:
		return plural(int(d/(30*day)), "month")
	}
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// exact is the same moment for those who want to know: in UTC, since the
// server does not know the reader's clock; app.js adds the local time.
func exact(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// day is the date of a moment, in UTC.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// machine is the form of the datetime attribute.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// strategyWords says what a strategy keeps in the cookie.
func strategyWords(strategy string) string {
	if strategy == "database" {
		return "a random number in a cookie"
	}
	return "an encrypted cookie"
}
