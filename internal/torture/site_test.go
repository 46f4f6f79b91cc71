package main

import (
	"slices"
	"strings"
	"testing"
)

// Over two rounds each strategy has true clocks once and clocks apart once, on each database.
func TestTwoRoundsTryEverything(t *testing.T) {
	var names []string
	for round := range 2 {
		for _, s := range settings(options{servers: 4}, round) {
			names = append(names, s.name)
			if s.clocks != strings.HasSuffix(s.name, "clocks apart") || s.sqlite && s.servers != 2 || !s.sqlite && s.servers != 4 {
				t.Errorf("%s has clocks apart: %t, and %d servers", s.name, s.clocks, s.servers)
			}
		}
	}
	slices.Sort(names)
	if got := len(slices.Compact(names)); got != 8 {
		t.Errorf("two rounds have %d different trials, want 8: %q", got, names)
	}
	if got := settings(options{only: "SQLite, jwt"}, 0); len(got) != 1 {
		t.Errorf("one of the trials is asked for, and %d are done", len(got))
	}
}

func TestDigitsAreGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 10_000_000: "10,000,000", 123456: "123,456"} {
		if got := digits(n); got != want {
			t.Errorf("digits(%d) = %s, want %s", n, got, want)
		}
	}
}
