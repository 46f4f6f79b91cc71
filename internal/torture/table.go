package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// table is what the run prints and what docs/reliability.md shows.
func table(all []result) string {
	var b strings.Builder
	trials, violations, counts := map[claim]int64{}, map[claim]int64{}, map[string]int64{}
	fmt.Fprintf(&b, "| trial | time | requests answered | of those 429 or 503 | without an answer |\n|---|---|---|---|---|\n")
	var sum result
	for _, r := range all {
		fmt.Fprintf(&b, "| %s | %v | %s | %s | %s |\n", r.Name, r.Took.Round(time.Second), digits(r.Answered), digits(r.Refused), digits(r.Unanswered))
		sum.Took += r.Took
		sum.Answered, sum.Refused, sum.Unanswered = sum.Answered+r.Answered, sum.Refused+r.Refused, sum.Unanswered+r.Unanswered
		add(trials, r.Trials)
		add(violations, r.Violations)
		add(counts, r.Counts)
	}
	fmt.Fprintf(&b, "| **together** | %v | %s | %s | %s |\n", sum.Took.Round(time.Second), digits(sum.Answered), digits(sum.Refused), digits(sum.Unanswered))
	fmt.Fprintf(&b, "\n| what must not be | occasions | seen |\n|---|---|---|\n")
	for _, c := range claims {
		fmt.Fprintf(&b, "| %s | %s | **%s** |\n", c, digits(trials[c]), digits(violations[c]))
	}
	fmt.Fprintf(&b, "\n| how long after the acknowledgement an ended session was accepted | endings × instances | accepted at all | p99 | longest |\n|---|---|---|---|---|\n")
	for _, r := range all {
		for _, row := range []struct {
			words string
			spread
		}{
			{"the instance that ended it", r.Same}, {"another, by notification", r.Told}, {"another, by its poll alone", r.Polled},
			{"another, cut off or frozen or without a database", r.Disturbed},
		} {
			if row.Count == 0 {
				continue
			}
			fmt.Fprintf(&b, "| %s: %s | %s | %s | %s | %s |\n", r.Name, row.words, digits(int64(row.Count)), digits(int64(row.Accepted)), millis(row.P99), millis(row.Max))
		}
	}
	fmt.Fprintf(&b, "\n| what happened | times |\n|---|---|\n")
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "| %s | %s |\n", what, digits(counts[what]))
	}
	return b.String()
}

// controlTable shows what became of the planted bugs.
func controlTable(all []control) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| planted | the run fails for | violations seen | within |\n|---|---|---|---|\n")
	for _, c := range all {
		seen := digits(c.Seen)
		if c.Seen == 0 {
			seen = "**none**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %v |\n", c.Words, c.Finds, seen, c.After.Round(time.Second))
	}
	return b.String()
}

func add[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

// digits groups the digits of a number.
func digits(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func millis(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
