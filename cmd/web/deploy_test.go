package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

const fleetSize = 8

// fleet is instances behind a balancer, on one database, and users who keep them busy.
type fleet struct {
	t            *testing.T
	front        *balancer
	crowd        *crowd
	workers      []*http.Client
	dsn, dir     string
	variables    []string
	all, stopped []*instance
}

// A release with a migration is deployed instance by instance while users are busy. No
// request fails, nobody is signed out, and who has signed out stays so; see "Deploying" in
// docs/operations.md.
func TestARollingDeployFailsNoRequest(t *testing.T) { // PR-2, MG-1
	t.Parallel()
	next, last := releases(t)
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, strategy)
			for range fleetSize {
				f.start(os.Args[0])
			}
			f.gather()
			begin := time.Now()
			for _, old := range f.all {
				f.start(next)
				f.stop(old)
			}
			back := f.start(os.Args[0]) // the release before, on the schema of the new one
			f.stop(back)
			for _, i := range f.stopped {
				i.exit(0)
			}
			t.Logf("%d instances were replaced in %v, while %d rounds were made", fleetSize, time.Since(begin), f.crowd.rounds.Load())
			if n := query(t, f.dsn, "SELECT count(*) FROM sessions WHERE seen_at IS DISTINCT FROM last_seen_at"); n != 0 {
				t.Errorf("in %d sessions the new column is not as the old one", n)
			}
			f.contract(last)
			f.crowd.goOn(40)
			f.check()
		})
	}
}

func newFleet(t *testing.T, strategy string) *fleet {
	f := &fleet{t: t, front: newBalancer(t), dsn: testenv.Postgres(t), dir: t.TempDir()}
	f.variables = []string{
		"ADDR=localhost:0", "BASE_URL=" + f.front.url, "AUTH_SECRET=" + randomSecret, "DATABASE_URL=" + f.dsn + "&pool_max_conns=4",
		"SESSION_STRATEGY=" + strategy, "SESSION_RENEW_AFTER=1s", "RATE_LIMIT=off", "SHUTDOWN_DELAY=5s",
	}
	return f
}

// start adds an instance of a release, and waits until it is ready.
func (f *fleet) start(program string) *instance {
	f.t.Helper()
	i := f.front.add(startRelease(f.t, program, f.dir, f.variables...))
	f.all = append(f.all, i)
	return i
}

// stop tells an instance to, and leaves it to that for as long as users make a few rounds.
func (f *fleet) stop(i *instance) {
	f.crowd.goOn(10)
	i.cmd.Process.Signal(syscall.SIGTERM)
	f.stopped = append(f.stopped, i)
	f.crowd.goOn(10)
}

// gather has users come, and waits until they are busy.
func (f *fleet) gather() {
	f.t.Helper()
	f.crowd = newCrowd(f.t, f.front.url)
	for n := range 8 {
		f.workers = append(f.workers, f.crowd.worker(fmt.Sprintf("ada%d@example.com", n)))
	}
	f.crowd.listener(f.workers[0])
	f.crowd.passerby("bob@example.com")
	f.crowd.goOn(40)
}

// contract has a release bring the schema up to its own, by one migration.
func (f *fleet) contract(program string) {
	f.t.Helper()
	cmd := exec.CommandContext(f.t.Context(), program, "migrate", "up")
	cmd.Dir, cmd.Env = f.dir, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.dir}, f.variables...)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "1 migrations were missing") {
		f.t.Fatalf("migrate up: %v, want one applied:\n%s", err, out)
	}
	if n := query(f.t, f.dsn, "SELECT count(*) FROM information_schema.columns WHERE column_name = 'last_seen_at'"); n != 0 {
		f.t.Error("the old column is still there after the contract step")
	}
}

// check is what must hold in the end.
func (f *fleet) check() {
	f.t.Helper()
	f.crowd.stop()
	for _, failure := range f.crowd.failures {
		f.t.Error(failure)
	}
	for n, worker := range f.workers {
		if !f.crowd.isIn(worker) {
			f.t.Errorf("user %d was signed out", n)
		}
	}
	f.crowd.staysOut()
	for _, i := range f.all {
		if i.answers.Load() == 0 {
			f.t.Errorf("%s got no request; this test proves less", i)
		}
	}
}
