// Command load measures what sessions cost a whole server. It builds the program, starts it
// in each configuration on SQLite and, where it is installed, PostgreSQL, keeps connections
// on the loopback address busy, and reads from the operating system how much processor time
// each server has used. Controls, processes as well, give the same answers without sessions:
//
//	go run ./internal/bench/load                  prints the ratios beside those of baseline.json
//	go run ./internal/bench/load -update          makes them the baseline, with docs/performance.md and .svg
//	go run ./internal/bench/load -report          writes the document from the baseline again
//	go run ./internal/bench/load -growth 1000000  measures how the cost grows with the rows, the users' sessions, what ended
//
// A round measures every server for a moment, in random order, and compares it with the
// control of the same round, so that what else the machine does meets both. Only an answer
// that is wrong is a failure: a ratio is for a person to judge.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"latchkey/internal/testenv/process"
)

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 7, "how often each server is measured")
	flag.DurationVar(&o.duration, "duration", time.Second, "for how long each time")
	flag.IntVar(&o.connections, "connections", 16, "how many are kept busy")
	flag.IntVar(&o.sessions, "sessions", 2000, "how many sessions send requests")
	flag.StringVar(&o.benchtime, "benchtime", "2000x", "for go test -bench, whose allocations are in the table as well")
	flag.BoolVar(&o.update, "update", false, "make the results the baseline and write the document")
	flag.BoolVar(&o.report, "report", false, "write the document from the baseline, measure nothing")
	flag.StringVar(&o.json, "json", "", "file for the results")
	flag.IntVar(&o.growth, "growth", 0, "measure instead how the cost grows, up to so many rows of sessions")
	flag.StringVar(&o.control, "control", "", "be a control; used by the program itself")
	flag.StringVar(&o.crowd, "crowd", "", "be the crowd that signs in at this address; used by the program itself")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.control != "" {
		return serveControl(ctx, o.control)
	}
	if o.crowd != "" {
		return crowd(ctx, o.crowd)
	}
	root, err := process.ModuleRoot()
	if err != nil {
		return err
	}
	baselineFile := filepath.Join(root, "internal/bench/baseline.json")
	baseline, err := readJSON[results](baselineFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if o.report {
		g, err := readJSON[growth](growthFile(root))
		return errors.Join(err, writeDocument(root, baseline), writeGrowth(root, g))
	}
	if o.growth > 0 {
		return runGrowth(ctx, o, root)
	}
	results, err := measureAll(ctx, o, root)
	if err != nil {
		return err
	}
	fmt.Print(compare(results, baseline))
	if o.json != "" {
		if err := writeJSON(o.json, results); err != nil {
			return err
		}
	}
	if !o.update {
		return nil
	}
	return errors.Join(writeJSON(baselineFile, results), writeDocument(root, results))
}

// runGrowth measures, prints, and writes the document where that is wanted.
func runGrowth(ctx context.Context, o options, root string) error {
	b := &bench{options: o}
	defer b.close()
	if err := b.prepare(ctx, root); err != nil {
		return err
	}
	g, err := b.measureGrowth(ctx, o.growth)
	if err != nil {
		return err
	}
	fmt.Print(g.markdown())
	if !o.update {
		return nil
	}
	return errors.Join(writeJSON(growthFile(root), g), writeGrowth(root, g))
}
