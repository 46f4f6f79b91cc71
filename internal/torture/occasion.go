package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// occasion is when, where and of what something was measured.
type occasion struct {
	Date       string `json:"date"`
	Commit     string `json:"commit"` // the last one that changed the servers
	System     string `json:"system"`
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}

func thisOccasion(root string) occasion {
	o := occasion{Date: time.Now().Format(time.DateOnly), System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(), Go: runtime.Version()}
	o.Commit = git(root, "log", "-1", "--format=%h", "--abbrev=12")
	if git(root, "status", "--porcelain") != "" {
		o.Commit += " and changes"
	}
	if file, err := os.Open("/proc/cpuinfo"); err == nil {
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "model name"); ok {
				o.Processor = strings.Trim(name, "\t :")
			}
		}
	}
	return o
}

// git asks about what the servers are made of; "" = this is no repository, or the answer is
// nothing.
func git(root string, args ...string) string {
	servers := []string{"--", "cmd", "internal", "migrations", "static", ":!internal/torture", ":!internal/testenv", ":!internal/bench"}
	cmd := exec.Command("git", append(args, servers...)...)
	cmd.Dir = root
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

func (o occasion) String() string {
	return fmt.Sprintf("%s, the servers of commit `%s`: %s, %d processors, %s, %s", o.Date, o.Commit, o.Processor, o.Processors, o.System, o.Go)
}
