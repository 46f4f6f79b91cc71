package main

import (
	"context"
	"math/rand/v2"
	"time"

	"latchkey/internal/testenv"
)

// chaos does to one instance, or to PostgreSQL, what machines and networks do: one fault
// after the other, by the seed.
type chaos struct {
	*world
	rng       *rand.Rand
	quiet     [2]time.Duration // the shortest and the longest pause between two faults
	clockWise bool             // clocks are set, too
}

func newChaos(w *world, seed uint64, number int, quiet [2]time.Duration, clocks bool) *chaos {
	return &chaos{w, rand.New(rand.NewPCG(seed, uint64(1_000_000+number))), quiet, clocks}
}

// between is a duration, by the seed.
func (c *chaos) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.rng.Int64N(int64(most-least)+1))
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// fault is one that can happen to an instance.
type fault struct {
	name   string
	weight int
	do     func(*chaos, context.Context, *instance)
}

// After a fault an instance asks for what it has missed: soon if connections broke, later if
// it waits for an answer that does not come.
const (
	settleSoon = 3 * time.Second
	settleLate = 8 * time.Second
)

var everywhere = []fault{
	{"SIGKILL", 4, (*chaos).kill},
	{"SIGTERM", 2, (*chaos).stop},
	{"frozen (SIGSTOP)", 3, (*chaos).freeze},
}

var onNetworks = []fault{
	{"connections cut", 2, (*chaos).cut},
	{"connections cut in mid-sentence", 3, (*chaos).cutMidway},
	{"LISTEN cut", 2, (*chaos).cutNotices},
	{"LISTEN held back", 6, (*chaos).deafen},
	{"traffic held back", 4, (*chaos).partition},
	{"traffic delayed", 2, (*chaos).delay},
}

var clocks = []fault{{"clock set", 4, (*chaos).setClock}}

// torment does one fault after the other to an instance, until ctx ends.
func (c *chaos) torment(ctx context.Context, i *instance) {
	faults := everywhere
	if i.data != nil {
		faults = append(faults[:len(faults):len(faults)], onNetworks...)
	}
	if c.clockWise {
		faults = append(faults[:len(faults):len(faults)], clocks...)
	}
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	for wait(ctx, c.between(c.quiet[0], c.quiet[1])); ctx.Err() == nil; wait(ctx, c.between(c.quiet[0], c.quiet[1])) {
		n := c.rng.IntN(total)
		for _, f := range faults {
			if n -= f.weight; n < 0 {
				f.do(c, ctx, i)
				c.ledger.count("fault: " + f.name)
				break
			}
		}
	}
}

func (c *chaos) kill(ctx context.Context, i *instance) {
	over := i.suffer(settleSoon)
	defer over()
	i.kill()
	wait(ctx, c.between(0, time.Second))
	_ = i.start(ctx) // an error is the end of the trial
}

func (c *chaos) stop(ctx context.Context, i *instance) {
	over := i.suffer(settleSoon)
	defer over()
	c.world.stop(i)
	_ = i.start(ctx)
}

// stop has an instance end as an operator would.
func (w *world) stop(i *instance) {
	w.ledger.tried(uncleanEnd, 1)
	if err := i.stop(); err != nil {
		w.ledger.violated(uncleanEnd, "%v", err)
	}
}

// freeze on SQLite may hold the file's lock: everybody waits.
func (c *chaos) freeze(ctx context.Context, i *instance) {
	for _, other := range c.instances {
		if other == i || i.data == nil {
			over := other.suffer(settleSoon)
			defer over()
		}
	}
	i.freeze()
	defer i.thaw()
	wait(ctx, c.between(100*time.Millisecond, 6*time.Second))
}

func (c *chaos) cut(_ context.Context, i *instance) {
	over := i.suffer(settleSoon)
	defer over()
	i.data.cut()
}

func (c *chaos) cutMidway(ctx context.Context, i *instance) {
	over := i.suffer(settleSoon)
	defer over()
	i.data.cutAfter(c.rng.Int64N(20_000) + 1)
	wait(ctx, time.Second)
	i.data.budget.Store(0)
}

// cutNotices is no trouble: the poll goes on.
func (c *chaos) cutNotices(_ context.Context, i *instance) { i.notices.cut() }

// deafen is none either: no notification arrives, and no connection breaks.
func (c *chaos) deafen(ctx context.Context, i *instance) {
	i.notices.hold()
	defer i.notices.release()
	wait(ctx, c.between(6*time.Second, 12*time.Second))
}

// partition cuts an instance off from the database, sometimes for longer than it may trust
// what it knows.
func (c *chaos) partition(ctx context.Context, i *instance) {
	over := i.suffer(settleLate)
	defer over()
	i.slow.Store(true)
	defer i.slow.Store(false)
	i.data.hold()
	i.notices.hold()
	defer i.data.release()
	defer i.notices.release()
	wait(ctx, c.between(500*time.Millisecond, 2*renewAfter))
}

func (c *chaos) delay(ctx context.Context, i *instance) {
	over := i.suffer(settleSoon)
	defer over()
	i.data.delay.Store(int64(c.between(5*time.Millisecond, 100*time.Millisecond)))
	defer i.data.delay.Store(0)
	wait(ctx, c.between(2*time.Second, 6*time.Second))
}

// setClock moves a clock within what is allowed, while the server runs.
func (c *chaos) setClock(_ context.Context, i *instance) {
	_ = i.clock.set(c.between(-skew, skew)) // a file that cannot be written leaves the clock as it is
}

// crash stops PostgreSQL in the middle of whatever it does, and has it recover.
func (c *chaos) crash(ctx context.Context, cluster *testenv.Cluster, failed func(error)) {
	for wait(ctx, c.between(c.quiet[0], c.quiet[1])); ctx.Err() == nil; wait(ctx, c.between(c.quiet[0], c.quiet[1])) {
		var overs []func()
		for _, i := range c.instances {
			overs = append(overs, i.suffer(settleSoon))
		}
		err := cluster.Crash()
		wait(ctx, c.between(0, 2*time.Second))
		if err == nil {
			err = cluster.Recover()
		}
		for _, over := range overs {
			over()
		}
		if err != nil {
			failed(err)
			return
		}
		c.ledger.count("fault: PostgreSQL stopped (immediate)")
	}
}
