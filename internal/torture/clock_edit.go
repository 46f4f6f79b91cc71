package main

// clockVariable tells a server which file says how far its clock is off.
const clockVariable = "TORTURE_CLOCK"

// clockEdits have the session engine read its clock through that file, and nothing else: it is
// the one line by which the servers here differ from those that are deployed.
var clockEdits = []edit{
	{"internal/auth/service.go", "cfg.Now = time.Now", "cfg.Now = shiftedClock()"},
	{"internal/auth/shifted_clock.go", "", `package auth

import (
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

func shiftedClock() func() time.Time {
	var offset atomic.Int64
	read := func() {
		text, _ := os.ReadFile(os.Getenv("` + clockVariable + `"))
		nanos, _ := strconv.ParseInt(string(text), 10, 64)
		offset.Store(nanos)
	}
	read()
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			read()
		}
	}()
	return func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
}
`},
}
