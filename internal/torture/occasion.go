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
	Commit     string `json:"commit"`
	System     string `json:"system"`
	Processor  string `json:"processor"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}

func thisOccasion(root string) occasion {
	o := occasion{Date: time.Now().Format(time.DateOnly), System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(), Go: runtime.Version()}
	cmd := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=12", "--match=")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil {
		o.Commit = strings.TrimSpace(string(out))
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

func (o occasion) String() string {
	return fmt.Sprintf("%s, commit `%s`: %s, %d processors, %s, %s", o.Date, o.Commit, o.Processor, o.Processors, o.System, o.Go)
}
