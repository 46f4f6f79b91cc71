//go:build !linux

package main

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// cpu is how much processor time the process has used, as ps tells it: 1-02:03:04.56, to the
// second on some systems.
func (s *server) cpu() (time.Duration, error) {
	text, err := s.ps("time=")
	if err != nil {
		return 0, err
	}
	days, clock, ok := strings.Cut(text, "-")
	if !ok {
		days, clock = "0", text
	}
	total, err := strconv.ParseFloat(days, 64)
	for i, part := range strings.Split(clock, ":") {
		n, bad := strconv.ParseFloat(part, 64)
		if bad != nil {
			err = bad
		}
		if i == 0 && strings.Count(clock, ":") == 2 {
			total = total*24 + n
		} else {
			total = total*60 + n
		}
	}
	return time.Duration(total * float64(time.Second)), err
}

// memory is how much of the machine's memory the process has, in bytes, the pages of its
// file included.
func (s *server) memory() (int, error) {
	text, err := s.ps("rss=")
	if err != nil {
		return 0, err
	}
	kB, err := strconv.Atoi(text)
	return kB << 10, err
}

func (s *server) ps(column string) (string, error) {
	out, err := exec.Command("ps", "-o", column, "-p", strconv.Itoa(s.PID())).Output()
	if err != nil {
		return "", fmt.Errorf("ask ps for the processor time of a server: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
