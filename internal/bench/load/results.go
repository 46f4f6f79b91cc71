package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// results are those of one run.
type results struct {
	Machine     machine     `json:"machine"`
	Rounds      int         `json:"rounds"`
	Duration    string      `json:"duration"` // of one server in one round
	Connections int         `json:"connections"`
	Ratios      []ratio     `json:"ratios"`
	Starts      []started   `json:"starts"`
	Saturated   saturated   `json:"saturated"`
	BinaryBytes int64       `json:"binaryBytes"`
	Benchmarks  []benchmark `json:"benchmarks"`
}

type machine struct {
	Date       string `json:"date"`
	System     string `json:"system"`
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}

// ratio is what a request costs one server beside what it costs another.
type ratio struct {
	Name    string  `json:"name"`
	Path    string  `json:"path"`
	Against string  `json:"against"` // "" = it is compared with nothing
	Target  float64 `json:"target"`  // 0 = none
	Micros  spread  `json:"micros"`  // processor time of one request
	Ratio   spread  `json:"ratio"`
}

// started is how a server starts, and how much memory it takes idle.
type started struct {
	Database string `json:"database"`
	Millis   spread `json:"millis"`
	Bytes    spread `json:"bytes"`
}

// saturated is how long a page takes while more people sign in than passwords can be hashed.
type saturated struct {
	Quiet   spread `json:"quiet"`   // p99 of a page in milliseconds, round by round
	Busy    spread `json:"busy"`    // the same beside the sign-ins
	Ratio   spread `json:"ratio"`   // of the two in one round
	Hashed  int    `json:"hashed"`  // sign-ins that were checked, in all rounds
	Refused int    `json:"refused"` // that were turned away at once
}

// spread is what several rounds came to.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	return spread{sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1]}
}

// benchmark is a line of go test -bench.
type benchmark struct {
	Name       string  `json:"name"`
	Nanos      float64 `json:"nanos"`
	Allocs     float64 `json:"allocs"`
	RoundTrips float64 `json:"roundTrips"`
}

func (r results) benchmark(name string) (b benchmark) {
	if i := slices.IndexFunc(r.Benchmarks, func(b benchmark) bool { return b.Name == name }); i >= 0 {
		b = r.Benchmarks[i]
	}
	return b
}

// goBenchmarks runs those of package bench: the shortest of them for long enough to be timed.
func goBenchmarks(ctx context.Context, root, benchtime string) ([]benchmark, error) {
	short, err := goBenchmark(ctx, root, "Hit|Healthz", "500ms")
	if err != nil {
		return nil, err
	}
	others, err := goBenchmark(ctx, root, "Session|Appearance|Dashboard|Account|Renewal|Sign|Limit|Password", benchtime)
	return append(short, others...), err
}

func goBenchmark(ctx context.Context, root, pattern, benchtime string) (all []benchmark, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", benchtime, "./internal/bench")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w:\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(fields[0], "Benchmark"), fmt.Sprintf("-%d", runtime.GOMAXPROCS(0)))
		b := benchmark{Name: name}
		for i := 2; i+1 < len(fields); i += 2 {
			value, _ := strconv.ParseFloat(fields[i], 64)
			switch fields[i+1] {
			case "ns/op":
				b.Nanos = value
			case "allocs/op":
				b.Allocs = value
			case "roundtrips/op":
				b.RoundTrips = value
			}
		}
		all = append(all, b)
	}
	return all, nil
}

func thisMachine() machine {
	m := machine{Date: time.Now().Format(time.DateOnly), System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(), Go: runtime.Version()}
	if file, err := os.Open("/proc/cpuinfo"); err == nil {
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
				m.Processor = strings.Trim(name, "\t :")
			}
		}
	}
	return m
}

// compare is the table for the terminal: the ratios of a run beside those of the baseline.
func compare(now, baseline results) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%-22s %-42s %8s %6s %6s %6s %7s %9s\n", "page", "server", "µs", "ratio", "min", "max", "target", "baseline")
	for _, r := range now.Ratios {
		fmt.Fprintf(&out, "%-22s %-42s %8.1f", r.Path, r.Name, r.Micros.Median)
		if r.Against != "" {
			fmt.Fprintf(&out, " %6.2f %6.2f %6.2f %7s %9s", r.Ratio.Median, r.Ratio.Min, r.Ratio.Max, targetText(r.Target), baseline.change(r))
		}
		out.WriteByte('\n')
	}
	for _, s := range now.Starts {
		fmt.Fprintf(&out, "%s: ready within %.0f ms (%.0f to %.0f), %.1f MiB\n", s.Database, s.Millis.Median, s.Millis.Min, s.Millis.Max, s.Bytes.Median/(1<<20))
	}
	fmt.Fprintf(&out, "the program, stripped: %.1f MB\n", float64(now.BinaryBytes)/1e6)
	return out.String()
}

func targetText(target float64) string {
	if target == 0 {
		return "–"
	}
	return fmt.Sprintf("≤ %.2f", target)
}

// change is by how much a ratio differs from that of these results.
func (r results) change(now ratio) string {
	i := slices.IndexFunc(r.Ratios, func(b ratio) bool { return b.Name == now.Name && b.Path == now.Path && b.Against == now.Against })
	if i < 0 || r.Ratios[i].Ratio.Median == 0 {
		return "new"
	}
	return fmt.Sprintf("%+.0f %%", 100*(now.Ratio.Median/r.Ratios[i].Ratio.Median-1))
}
