//go:build unix

package testenv

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// started lists what one thing left on the machine: its folder, its process.
type started struct {
	dir string
	pid int
}

// things start each kind of thing and say what there is to clean up.
var things = map[string]func(t *testing.T) started{
	"the shared server": func(t *testing.T) started {
		Postgres(t)
		c, _ := shared()
		return started{c.guard.dir, serverPID(t, c.guard.dir)}
	},
	"a private server": func(t *testing.T) started {
		c := PostgresCluster(t)
		return started{c.guard.dir, serverPID(t, c.guard.dir)}
	},
	"servers under Patroni": func(t *testing.T) started {
		p := NewPatroni(t)
		return started{p.guard.dir, serverPID(t, filepath.Join(p.guard.dir, p.Primary()))}
	},
	"the shared browser": func(t *testing.T) started {
		tab := Browser(t)
		b, _ := oneBrowser.get()
		return started{b.guard.dir, chromedp.FromContext(tab).Browser.Process().Pid}
	},
	"a browser": func(t *testing.T) started {
		tab, g := startBrowser(t, nil)
		return started{g.dir, chromedp.FromContext(tab).Browser.Process().Pid}
	},
	"Firefox": func(t *testing.T) started {
		_, g := startFirefox(t)
		return started{g.dir, firefoxPID(t, g)}
	},
}

func serverPID(t *testing.T, dir string) int {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(file), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func firefoxPID(t *testing.T, g *guard) int {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(g.dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(file)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestNothingOutlivesItsTest(t *testing.T) {
	for _, name := range []string{"a private server", "a browser", "Firefox"} {
		t.Run(name, func(t *testing.T) {
			var left started
			t.Run("the test", func(t *testing.T) { left = things[name](t) })
			if left.pid == 0 {
				t.SkipNow() // as the test within was
			}
			waitUntilGone(t, left)
		})
	}
}

// The test starts itself once more as a child process, which starts the thing,
// reports it, and is killed without a chance to clean up.
func TestNothingOutlivesAKilledTestProcess(t *testing.T) {
	const childOf = "TESTENV_CHILD_STARTS"
	if name := os.Getenv(childOf); name != "" {
		left := things[name](t)
		fmt.Printf("started %s %d\n", left.dir, left.pid)
		select {}
	}
	for name, start := range things {
		t.Run(name, func(t *testing.T) {
			start(t) // skips here, and not in the child, if there is no such thing
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+strings.Split(t.Name(), "/")[0]+"$")
			child.Env = append(os.Environ(), childOf+"="+name)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			left := report(t, bufio.NewScanner(out))
			if !alive(left.pid) {
				t.Errorf("process %d is gone before its test is killed", left.pid)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // "signal: killed"
			waitUntilGone(t, left)
		})
	}
}

func report(t *testing.T, lines *bufio.Scanner) (s started) {
	t.Helper()
	var said []string
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "started %s %d", &s.dir, &s.pid); err == nil {
			return s
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("the child reports no start: %s", strings.Join(said, "\n"))
	return s
}

func waitUntilGone(t *testing.T, s started) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		_, err := os.Stat(s.dir)
		if os.IsNotExist(err) && !alive(s.pid) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("folder %s: Stat = %v; process %d: alive = %t; want both gone", s.dir, err, s.pid, alive(s.pid))
		}
	}
}

// alive does not count a zombie, whom only its parent can lay to rest.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !bytes.Contains(stat, []byte(") Z "))
}
