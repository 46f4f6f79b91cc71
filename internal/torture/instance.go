package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"latchkey/internal/testenv/process"
)

// instance is one of the servers, however often it is started.
type instance struct {
	number  int
	command process.Command
	data    *proxy // its way to PostgreSQL; nil on SQLite
	notices *proxy // likewise for LISTEN
	clock   clock

	starting sync.Mutex // one start or end at a time
	alive    atomic.Pointer[life]
	slow     atomic.Bool // it is frozen, or waits for a database that it does not reach

	mu       sync.Mutex
	troubles []*trouble
}

// life is an instance from one start to the next end.
type life struct {
	instance *instance
	server   *process.Server
	started  time.Time // before the process was there
	debug    string    // host:port of its metrics
}

// trouble is a time in which an instance may not have heard of an ending.
type trouble struct{ from, until time.Time } // until zero = it goes on

// suffer takes note that trouble begins. It ends so long after the call of over: what an
// instance has missed it has to ask for first.
func (i *instance) suffer(settle time.Duration) (over func()) {
	t := &trouble{from: time.Now()}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.troubles = append(i.troubles, t)
	if len(i.troubles) > 200 { // long ago
		i.troubles = i.troubles[100:]
	}
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		t.until = time.Now().Add(settle)
	}
}

// undisturbed reports whether there was no trouble between the two times.
func (i *instance) undisturbed(from, to time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, t := range i.troubles {
		if t.from.Before(to) && (t.until.IsZero() || t.until.After(from)) {
			return false
		}
	}
	return true
}

// listens reports whether notifications can reach it.
func (i *instance) listens() bool { return i.notices != nil && i.notices.open() }

// start runs it, as often as it takes: without a database a server ends. Each time it gets new
// addresses, since somebody else may have taken the ones it had.
func (i *instance) start(ctx context.Context) error {
	i.starting.Lock()
	defer i.starting.Unlock()
	for i.alive.Load() == nil {
		started := time.Now()
		debug, err := process.FreeAddress()
		if err != nil {
			return err
		}
		command := i.command
		command.Env = maps.Clone(command.Env)
		command.Env["DEBUG_ADDR"] = debug
		server, err := process.Start(ctx, command)
		if err == nil {
			i.alive.Store(&life{i, server, started, debug})
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// kill ends it in the middle of whatever it does.
func (i *instance) kill() {
	i.starting.Lock()
	defer i.starting.Unlock()
	if l := i.alive.Swap(nil); l != nil {
		l.server.Kill()
	}
}

// stop asks it to end. It is sent requests until it has. An error is an end that was not clean.
func (i *instance) stop() error {
	i.starting.Lock()
	defer i.starting.Unlock()
	l := i.alive.Load()
	if l == nil {
		return nil
	}
	defer i.alive.Store(nil)
	select {
	case <-l.server.Ended():
		return fmt.Errorf("server %d has ended by itself, with status %d", i.number, l.server.ExitCode())
	default:
	}
	l.server.Stop()
	if code := l.server.ExitCode(); code != 0 {
		return fmt.Errorf("server %d was asked to stop and ended with status %d", i.number, code)
	}
	return nil
}

// freeze stops it where it is, and thaw lets it go on as if nothing had been.
func (i *instance) freeze() {
	if l := i.alive.Load(); l != nil {
		i.slow.Store(true)
		_ = l.server.Signal(sigStop) // it may have ended
	}
}

func (i *instance) thaw() {
	if l := i.alive.Load(); l != nil {
		_ = l.server.Signal(sigCont)
	}
	i.slow.Store(false)
}

// heal ends whatever is done to it.
func (i *instance) heal() {
	i.thaw()
	for _, p := range []*proxy{i.data, i.notices} {
		if p != nil {
			p.delay.Store(0)
			p.budget.Store(0)
			p.release()
		}
	}
}
