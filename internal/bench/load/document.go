package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Between these lines docs/performance.md is written by this program.
const (
	markBegin  = "<!-- measured: go run ./internal/bench/load -update -->"
	markGrowth = "<!-- measured: go run ./internal/bench/load -growth 1000000 -update -->"
	markEnd    = "<!-- end of measured -->"
)

// writeDocument puts the results into docs/performance.md and draws docs/performance.svg.
func writeDocument(root string, r results) error {
	return errors.Join(fillIn(root, markBegin, r.markdown()), os.WriteFile(filepath.Join(root, "docs/performance.svg"), []byte(r.svg()), 0o644))
}

// writeGrowth does it for growth.
func writeGrowth(root string, g growth) error {
	return errors.Join(fillIn(root, markGrowth, g.markdown()), os.WriteFile(filepath.Join(root, "docs/growth.svg"), []byte(g.svg()), 0o644))
}

// fillIn replaces what stands between a mark and the next end.
func fillIn(root, mark, text string) error {
	file := filepath.Join(root, "docs/performance.md")
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), mark)
	_, after, closed := strings.Cut(rest, markEnd)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the results: it needs the lines %s and %s", file, mark, markEnd)
	}
	return os.WriteFile(file, []byte(before+mark+"\n\n"+text+"\n"+markEnd+after), 0o644)
}

func (r results) markdown() string {
	m := r.Machine
	return fmt.Sprintf("Measured on %s: %s, %d processors, %s, %s; %d rounds of %s, %d connections.\n\n", m.Date, m.Processor, m.Processors, m.System, m.Go, r.Rounds, r.Duration, r.Connections) +
		"### Whole servers\n\n" + r.serverTable() +
		"\n### Single requests, without a network\n\n" + r.requestTable() +
		"\n### Round trips to the database\n\n" + r.tripTable() +
		"\n### The process\n\n" + r.processTable()
}

func (r results) serverTable() string {
	var out strings.Builder
	out.WriteString("| page | server | CPU of a request, µs | compared with | ratio: median (min to max) | target | met |\n|---|---|---|---|---|---|---|\n")
	for _, x := range r.Ratios {
		fmt.Fprintf(&out, "| `%s` | %s | %.0f | %s | ", x.Path, x.Name, x.Micros.Median, x.Against)
		if x.Against != "" {
			fmt.Fprintf(&out, "%.2f (%.2f to %.2f)", x.Ratio.Median, x.Ratio.Min, x.Ratio.Max)
		}
		fmt.Fprintf(&out, " | %s |\n", judged(x.Ratio.Median, x.Target, "%.2f"))
	}
	return out.String()
}

// judged are the cells of a target and of whether it is met; a target of 0 is none.
func judged(value, target float64, format string) string {
	if target == 0 {
		return " | "
	}
	met := "yes"
	if value > target {
		met = "**no**"
	}
	return "≤ " + fmt.Sprintf(format, target) + " | " + met
}

func (r results) requestTable() string {
	var out strings.Builder
	out.WriteString("| | | target | met |\n|---|---|---|---|\n")
	row := func(what, unit string, value, target float64) {
		fmt.Fprintf(&out, "| %s | %.*f%s | %s |\n", what, decimals(value), value, unit, judged(value, target, "%g"))
	}
	for _, strategy := range strategies {
		row("a remembered session, "+strategy+": the engine's own work", " ns", r.benchmark("Hit/"+strategy).Nanos, 1000)
	}
	for _, name := range []string{"Session", "Appearance", "Dashboard"} {
		for _, strategy := range strategies {
			more := r.benchmark(name+"/memory/"+strategy+"/cache").Allocs - r.benchmark(name+"/memory/"+strategy+"/control").Allocs
			row("Benchmark"+name+", "+strategy+", remembered: allocations more than the control", "", more, 5)
		}
	}
	row("`/healthz` beside chi with four middlewares, log discarded: ratio of times", "", r.benchmark("Healthz/site").Nanos/r.benchmark("Healthz/chi4").Nanos, 1.5)
	row("hashing a password (argon2id, 19 MiB)", " ms", r.benchmark("PasswordHash").Nanos/1e6, 0)
	return out.String()
}

func decimals(value float64) int {
	if value < 10 && value != float64(int(value)) {
		return 2
	}
	return 0
}

func (r results) tripTable() string {
	rows := []struct{ what, benchmark string }{
		{"a request, remembered", "Session/%s/%s/cache"},
		{"a request, nothing is remembered (`SESSION_CACHE=0`)", "Session/%s/%s/nocache"},
		{"a request with `SESSION_RENEW_AFTER=0`", "Session/%s/%s/renewafter0"},
		{"the dashboard, which asks three times by itself", "Dashboard/%s/%s/cache"},
		{"a page that always asks (`RequireFresh`)", "Account/%s/%s/cache"},
		{"a renewal", "Renewal/%s/%s"},
		{"signing in", "SignIn/%s/%s"},
		{"signing in, another device signed out for it", "LimitEvict/%s/%s"},
		{"signing in, refused until a device is signed out", "LimitDeny/%s/%s"},
		{"signing out", "SignOut/%s/%s"},
	}
	var out strings.Builder
	out.WriteString("| | jwt | database | µs on SQLite, jwt | database | µs on PostgreSQL, jwt | database |\n|---|---|---|---|---|---|---|\n")
	for _, row := range rows {
		fmt.Fprintf(&out, "| %s", row.what)
		for _, strategy := range strategies {
			fmt.Fprintf(&out, " | %g", r.benchmark(fmt.Sprintf(row.benchmark, "sqlite", strategy)).RoundTrips)
		}
		for _, database := range []string{"sqlite", "postgres"} {
			for _, strategy := range strategies {
				fmt.Fprintf(&out, " | %.0f", r.benchmark(fmt.Sprintf(row.benchmark, database, strategy)).Nanos/1000)
			}
		}
		out.WriteString(" |\n")
	}
	return out.String()
}

func (r results) processTable() string {
	var out strings.Builder
	out.WriteString("| | median (min to max) | target | met |\n|---|---|---|---|\n")
	for _, s := range r.Starts {
		target := 60.0
		if s.Database == "PostgreSQL" {
			target = 150
		}
		fmt.Fprintf(&out, "| ready on a migrated database, %s, ms | %.0f (%.0f to %.0f) | %s |\n", s.Database, s.Millis.Median, s.Millis.Min, s.Millis.Max, judged(s.Millis.Median, target, "%g"))
		memory := s.Bytes.Median / (1 << 20)
		fmt.Fprintf(&out, "| memory idle, %s, MiB | %.1f | %s |\n", s.Database, memory, judged(memory, 25, "%g"))
	}
	at := r.Saturated
	fmt.Fprintf(&out, "| p99 of a page, alone, ms | %.1f (%.1f to %.1f) |  |  |\n", at.Quiet.Median, at.Quiet.Min, at.Quiet.Max)
	fmt.Fprintf(&out, "| the same beside %d who sign in at once (%d checked, %d refused at once): ratio | %.1f (%.1f to %.1f) | %s |\n",
		signingIn, at.Hashed, at.Refused, at.Ratio.Median, at.Ratio.Min, at.Ratio.Max, judged(at.Ratio.Median, 3, "%g"))
	megabytes := float64(r.BinaryBytes) / 1e6
	fmt.Fprintf(&out, "| the program, stripped, MB | %.1f | %s |\n", megabytes, judged(megabytes, 25, "%g"))
	return out.String()
}
