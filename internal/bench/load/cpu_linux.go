package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc, which is the same on every Linux.
const tick = 10 * time.Millisecond

// cpu is how much processor time the process has used, in the kernel and outside: fields 14
// and 15 of its stat. The name in field 2 may hold spaces.
func (s *server) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.PID()))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, err := strconv.Atoi(fields[14-3])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[15-3])
	return time.Duration(user+system) * tick, err
}

// memory is how much of the machine's memory the process has, in bytes: without the pages
// of its file, which the system can drop at any time.
func (s *server) memory() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	kB, err := strconv.Atoi(strings.Fields(rest + " -")[0])
	return kB << 10, err
}
