package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// What stands in front of an instance needs time to see that it is not ready any more. Until
// then requests come, and are answered.
func TestAnInstanceThatStopsAnswersWhatStillComes(t *testing.T) { // PR-2
	t.Parallel()
	p := start(t, t.TempDir(), "ADDR=localhost:0", "SHUTDOWN_DELAY=1m")
	p.cmd.Process.Signal(syscall.SIGTERM)
	until(t, "it says that it stops", func() bool {
		status, body := fetch(t, p.url+"/readyz")
		return status == 503 && strings.Contains(body, `"stopping":`)
	})
	for _, path := range []string{"/signin", "/healthz"} {
		resp, err := (&http.Client{Transport: &http.Transport{}}).Get(p.url + path) // on a connection of its own
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 || !resp.Close {
			t.Errorf("while it stops %s = %d, want 200; the connection is kept: %t, want it closed", path, resp.StatusCode, !resp.Close)
		}
	}

	q := start(t, t.TempDir(), "ADDR=localhost:0", "SHUTDOWN_DELAY=100ms")
	q.cmd.Process.Signal(syscall.SIGTERM)
	q.exit(0)
}

func TestProductionStopsWithADelay(t *testing.T) {
	for _, c := range []struct{ env, value, want string }{
		{"development", "", "0s"}, {"production", "", "3s"}, {"production", "0", "0s"}, {"production", "20s", "20s"}, {"production", "2m", ""},
	} {
		got, err := load(with(production, "APP_ENV", c.env, "SHUTDOWN_DELAY", c.value))
		if refused := err != nil; refused != (c.want == "") || !refused && got.shutdownDelay.String() != c.want {
			t.Errorf("in %s SHUTDOWN_DELAY=%q is %v, %v, want %q", c.env, c.value, got.shutdownDelay, err, c.want)
		}
	}
}
