//go:build unix

package testenv

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A guard is a shell that owns a temporary folder and whatever works in it. It
// obeys the orders on its standard input, a pipe whose only writer is the test
// process. However that process ends, the kernel closes the pipe; at the end of
// its input the guard stops what it guards and removes the folder.
// Not safe for concurrent use.
type guard struct {
	dir     string // /tmp/lk.XXXXXX, mode 0700, owned by the guard's user
	cmd     *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Reader // one exit code for each order
}

// guardFrame runs the shell functions prepare, obey and finish of a script.
//
// The shell makes the folder itself, so there is no moment at which a killed
// test leaves one behind; in /tmp, because TMPDIR may be too long for a Unix
// socket (104 bytes on macOS) or closed to the guard's user. The trap keeps it
// alive when there is no one left to read its answers. Killed processes write
// for another moment, hence the patience of the last line.
const guardFrame = `
trap '' PIPE HUP INT TERM
dir=$(mktemp -d /tmp/lk.XXXXXX) && cd "$dir" && echo "$dir" || exit 1
prepare "$@" >log 2>&1
while read -r order; do obey "$order" >>log 2>&1; echo $?; done
finish >/dev/null 2>&1
cd /
for try in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$dir" && break; sleep 0.1; done
`

// newGuard starts a guard; unprivileged means: as another user if we are root.
func newGuard(unprivileged bool, script string, args ...string) (*guard, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", script + guardFrame, "guard"}, args...)...)
	cmd.Dir = "/" // the test's own folder may be closed to the other user
	// Neither PGPORT nor anything else of the developer's reaches the script.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	// A session of its own: Ctrl-C is for the test, the guard cleans up after it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if unprivileged && os.Getuid() == 0 {
		cred, err := ordinaryUser()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr.Credential = cred
	}
	orders, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	g := &guard{cmd: cmd, orders: orders, answers: bufio.NewReader(out)}
	if g.dir, err = g.answer(); err != nil {
		g.close()
		return nil, fmt.Errorf("guard: make a temporary folder: %w", err)
	}
	return g, nil
}

func (g *guard) answer() (string, error) {
	line, err := g.answers.ReadString('\n')
	return strings.TrimSpace(line), err
}

// obey gives an order and waits until it is carried out. The error holds the
// guard's log, to which everything in the folder writes.
func (g *guard) obey(order string) error {
	if _, err := fmt.Fprintln(g.orders, order); err != nil {
		return fmt.Errorf("guard: order %q: %w", order, err)
	}
	switch code, err := g.answer(); {
	case err != nil:
		return fmt.Errorf("guard: answer to %q: %w", order, err)
	case code != "0":
		return fmt.Errorf("guard: %q ended with %s, log:\n%s", order, code, g.log())
	}
	return nil
}

func (g *guard) log() string {
	log, _ := os.ReadFile(filepath.Join(g.dir, "log"))
	return string(log)
}

// close does early what the end of the test process would do, and waits for it.
func (g *guard) close() {
	_ = g.orders.Close()
	_ = g.cmd.Wait() // an exit code would tell nothing: the folder is gone or was never there
}

// ordinaryUser is whom root becomes: PostgreSQL refuses to run as root.
func ordinaryUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("guard: no user to run as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("guard: uid of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("guard: gid of %s: %w", u.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// ownGroup makes cmd the leader of a process group, which can be killed whole.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
