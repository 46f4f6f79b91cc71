// Command torture runs several servers against one database, has users sign in and out on all
// of them, and meanwhile kills servers and the database, freezes processes, breaks, holds back
// and delays connections, and sets clocks. It keeps a ledger of everything that a server has
// acknowledged, and fails if anything is seen that must not be: a sign-out that is lost, an
// ended session that is accepted for longer than is promised, a user above the limit, an answer
// for somebody else.
//
//	go run ./internal/torture                          a minute: both strategies, both databases
//	go run ./internal/torture -seed 7 -duration 30m    for longer, with the faults of another run
//	go run ./internal/torture -controls all            plants bugs, each of which must be found
//	go run ./internal/torture -update                  publishes what comes out, also with -controls all
//
// The ways of users are in arrive.go, leave.go, together.go and forge.go, what is done to the
// servers in chaos.go, how long an ended session is accepted in grave.go, and what the database
// has in the end in audit.go. docs/reliability.md has what came out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"latchkey/internal/testenv/process"
)

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the users do and which fault comes when; printed, so that a run can be repeated")
	flag.DurationVar(&o.duration, "duration", time.Minute, "of the traffic, all trials together")
	flag.Int64Var(&o.requests, "requests", 0, "end after so many answers, if that comes first; 0 = by time alone")
	flag.IntVar(&o.servers, "servers", 4, "on PostgreSQL; on SQLite there are two")
	flag.IntVar(&o.workers, "workers", 30, "so many requests are under way at once")
	flag.IntVar(&o.accounts, "accounts", 16, "users of each worker")
	flag.IntVar(&o.rounds, "rounds", 1, "how often each trial is done; with 2, each strategy has true clocks once and clocks apart once")
	flag.StringVar(&o.only, "only", "", "do the trials alone whose names contain this, such as SQLite")
	flag.StringVar(&o.controls, "controls", "", "plant bugs, one after the other, and fail unless each is found: all, or the name of one in planted.go")
	flag.BoolVar(&o.update, "update", false, "publish what comes out: published.json and docs/reliability.md")
	flag.BoolVar(&o.report, "report", false, "write docs/reliability.md from published.json, run nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

var errViolated = errors.New("something was seen that must not be; the seed above repeats the run")

// runControls fails unless each planted bug makes a trial fail, for the reason it should.
func runControls(ctx context.Context, r *rack) error {
	all, err := r.controlAll(ctx)
	fmt.Print(controlTable(all))
	if err == nil && r.update {
		err = update(r.root, func(p *published) { p.Planted, p.Controls = r.occasion, all })
	}
	for _, c := range all {
		if c.Seen == 0 {
			err = errors.Join(err, fmt.Errorf("%s: %s was not seen", c.Bug, c.Finds))
		}
	}
	return err
}

func run(ctx context.Context, o options) error {
	if o.report {
		root, err := process.ModuleRoot()
		if err != nil {
			return err
		}
		return update(root, func(*published) {})
	}
	r, err := newRack(ctx, o)
	if err != nil {
		return err
	}
	defer r.close()
	fmt.Fprintf(os.Stderr, "seed %d\n", o.seed)
	if o.controls != "" {
		return runControls(ctx, r)
	}
	all, err := r.all(ctx)
	fmt.Print(table(all))
	if err == nil && o.update {
		err = update(r.root, func(p *published) {
			p.Run, p.Servers, p.Workers, p.Accounts, p.Seed, p.Results = r.occasion, o.servers, o.workers, o.accounts, o.seed, all
		})
	}
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.bad() {
			return errViolated
		}
	}
	return nil
}
