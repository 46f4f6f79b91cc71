package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// What a server holds when nobody asks it anything: goroutines, and files with connections
// among them.
type resting struct{ goroutines, files int }

// measure reads what an instance says of itself at DEBUG_ADDR.
func (i *instance) measure(ctx context.Context) (r resting, err error) {
	life := i.alive.Load()
	if life == nil {
		return r, errDown
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+life.debug+"/metrics", nil)
	if err != nil {
		return r, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return r, err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "latchkey_goroutines "); ok {
			r.goroutines, err = strconv.Atoi(value)
		}
	}
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", life.server.PID())) // on Linux; elsewhere none are seen
	r.files = len(files)
	if err == nil && r.goroutines == 0 {
		err = fmt.Errorf("server %d does not say how many goroutines it has", i.number)
	}
	return r, err
}

const (
	spareGoroutines = 8  // of a measurement itself, and of upkeep that happens to run
	spareFiles      = 16 // the database's pool keeps up to ten connections that it has opened once
)

// rests waits until an instance is back at its base, and takes note if it does not come there
// in half a minute.
func (w *world) rests(ctx context.Context, i *instance, base resting) error {
	w.ledger.tried(leftOver, 1)
	for deadline := time.Now().Add(30 * time.Second); ; wait(ctx, 500*time.Millisecond) {
		now, err := i.measure(ctx)
		if err == nil && now.goroutines <= base.goroutines+spareGoroutines && now.files <= base.files+spareFiles {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			if err == nil {
				w.ledger.violated(leftOver, "server %d has %d goroutines and %d files, at first %d and %d", i.number, now.goroutines, now.files, base.goroutines, base.files)
			}
			return err
		}
	}
}

// connections are those that the servers hold to PostgreSQL.
const connections = `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'server%'`

// disconnected waits until PostgreSQL knows no connection of the servers any more.
func (w *world) disconnected(ctx context.Context) error {
	w.ledger.tried(leftOver, 1)
	for deadline := time.Now().Add(30 * time.Second); ; wait(ctx, 200*time.Millisecond) {
		n, err := w.truth.number(ctx, connections)
		if err != nil || n == 0 {
			return err
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			w.ledger.violated(leftOver, "PostgreSQL still has %d connections of servers that have ended", n)
			return nil
		}
	}
}
