package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
)

const deadcodeTool = "golang.org/x/tools/cmd/deadcode@v0.52.0"

// state is what the untouched tree has of what a recipe must not add to.
type state struct {
	dead map[string]bool // functions that nothing reaches
}

// untouched looks at a copy to which nothing has been done.
func (t *tree) untouched() (state, error) {
	if err := t.copy(); err != nil {
		return state{}, err
	}
	dead, err := t.deadcode()
	if err != nil {
		return state{}, err
	}
	if problems := append(t.deadDocuments(), t.deadAddresses()...); len(problems) > 0 {
		return state{}, fmt.Errorf("before any recipe:\n%s", strings.Join(problems, "\n"))
	}
	return state{dead}, nil
}

// check is all that must hold after a recipe. go mod tidy is what a reader runs after it.
func (t *tree) check(before state) (problems []string) {
	if err := errors.Join(t.run("go", "mod", "tidy"), t.run("go", "vet", "./...")); err != nil {
		return []string{err.Error()} // what does not compile, fails everything else as well
	}
	var tests error
	var testing sync.WaitGroup
	if t.tests {
		testing.Go(func() { tests = t.run("go", "test", "-short", "-vet=off", "./...") })
	}
	problems = append(t.deadAddresses(), t.newlyDead(before)...)
	testing.Wait()
	if tests != nil {
		problems = append(problems, tests.Error())
	}
	return problems
}

// offers are what a project's own pages and tests may use, whether or not a part does: what
// the engine, the accounts and the outbox can do, the wire format, and what is for tests.
var offers = regexp.MustCompile(`internal/(dbtrace/dbtrace.go: unreachable func: Count|auth/authhttp/context.go: unreachable func: Inspect|` +
	`accounts/link.go|views/page.go|mail/mailbox.go|postgres/mail.go|sqlite/mail.go|authjs/|testenv/|([a-z]+/)*[a-z]+test/)`)

// newlyDead are functions that were in use before.
func (t *tree) newlyDead(before state) (problems []string) {
	dead, err := t.deadcode()
	if err != nil {
		return []string{err.Error()}
	}
	for f := range dead {
		if !before.dead[f] && !offers.MatchString(f) {
			problems = append(problems, "nothing reaches any more: "+f)
		}
	}
	slices.Sort(problems)
	return problems
}

var unreachable = regexp.MustCompile(`(?m)^(.*?):\d+:\d+: (unreachable func: .*)$`)

// deadcode are the functions that nothing reaches from the program. Places are without
// their lines, which deletions move.
func (t *tree) deadcode() (map[string]bool, error) {
	cmd := t.command("go", "run", deadcodeTool, "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("deadcode: %w\n%s", err, &stderr)
	}
	dead := map[string]bool{}
	for _, m := range unreachable.FindAllSubmatch(out, -1) {
		dead[string(m[1])+": "+string(m[2])] = true
	}
	return dead, nil
}

// command is one in the copy, on a machine that has only Go. What is compiled knows no
// paths: the copies share it.
func (t *tree) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = t.dir
	cmd.Env = []string{"PATH=" + join(t.home, "bin"), "POSTGRES_BIN=none", "GOFLAGS=" + os.Getenv("GOFLAGS") + " -trimpath"}
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); !slices.Contains([]string{"PATH", "POSTGRES_BIN", "GOFLAGS", "TEST_REQUIRE_ALL"}, name) {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	return cmd
}

// run is a command in the copy. Its error has what it printed, without what went well.
func (t *tree) run(name string, args ...string) error {
	out, err := t.command(name, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	var kept []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "ok  ") && !strings.Contains(line, "[no test files]") && !strings.HasPrefix(line, "time=") {
			kept = append(kept, strings.TrimRight(line, "\n"))
		}
	}
	if len(kept) > 60 {
		kept = append(kept[:60], "…")
	}
	return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, strings.Join(kept, "\n"))
}

// command is for recipes that are commands.
func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", args[len(args)-1], err, out)
	}
	return nil
}
