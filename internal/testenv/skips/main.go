// Command skips reads the output of go test -json, prints it as go test does, and
// then every test that was skipped, with its reason: what go test ./... leaves
// out without a word.
//
//	go test -json ./... | go run ./internal/testenv/skips
//
// It exits with 1 if a test failed, and with -none also if one was skipped.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	none := flag.Bool("none", false, "exit with 1 if a test was skipped")
	flag.Parse()
	failed, skipped, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "skips:", err)
	}
	if err != nil || failed || *none && skipped > 0 {
		os.Exit(1)
	}
}

// event is a line of go test -json (cmd/test2json).
type event struct {
	Action  string
	Package string
	Test    string // "" = the package
	Output  string
}

// report copies what go test would print, and adds the skipped tests.
func report(in io.Reader, out io.Writer) (failed bool, skipped int, err error) {
	said := map[string]*strings.Builder{} // by package and test
	var skips []string
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text()) // go itself, such as a file that does not compile
			continue
		}
		name := strings.TrimSpace(e.Package + " " + e.Test)
		switch e.Action {
		case "output", "build-output":
			if said[name] == nil {
				said[name] = &strings.Builder{}
			}
			said[name].WriteString(e.Output)
		case "skip":
			if e.Test != "" {
				skips = append(skips, name+"\n"+reason(said[name]))
			}
		case "fail", "build-fail":
			failed = true
			fmt.Fprint(out, text(said[name]))
		case "pass":
			if e.Test == "" {
				fmt.Fprint(out, lastLine(text(said[name])))
			}
		}
	}
	fmt.Fprintf(out, "\n%d skipped\n%s", len(skips), strings.Join(skips, ""))
	return failed, len(skips), lines.Err()
}

// reason is what a skipped test has printed, without the lines of go test.
func reason(said *strings.Builder) string {
	var kept strings.Builder
	for line := range strings.Lines(text(said)) {
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, "=== ") && !strings.HasPrefix(trimmed, "--- ") {
			kept.WriteString("\t" + trimmed + "\n")
		}
	}
	return kept.String()
}

func text(b *strings.Builder) string {
	if b == nil {
		return ""
	}
	return b.String()
}

func lastLine(text string) string {
	trimmed := strings.TrimRight(text, "\n")
	return trimmed[strings.LastIndexByte(trimmed, '\n')+1:] + "\n"
}
