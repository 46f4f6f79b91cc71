// Package testenv gives tests the real things: a PostgreSQL server and a
// browser, started from what is installed on the machine, shared with nobody.
// It never touches a server that already runs, and nothing that it starts, on
// disk or as a process, outlives the test binary, not even after kill -9.
// Import it from _test.go files only, and from programs that measure or torture.
package testenv

import (
	"errors"
	"os"
	"testing"
)

// errMissing means that this machine has not got the thing; any other error
// means that the thing is here and broken.
var errMissing = errors.New("not available on this machine")

// Missing skips the test because what (a noun, "PostgreSQL") is not there, and
// says how to get it (a command or two). With TEST_REQUIRE_ALL set it fails the
// test instead: in CI a skipped test is a test that nobody runs.
func Missing(t testing.TB, what, how string) {
	t.Helper()
	if os.Getenv("TEST_REQUIRE_ALL") != "" {
		t.Fatalf("%s is missing and TEST_REQUIRE_ALL is set; to get it: %s", what, how)
	}
	t.Skipf("%s is missing; to get it: %s", what, how)
}

// need lets the test go on only if err is nil.
func need(t testing.TB, err error, what, how string) {
	t.Helper()
	if errors.Is(err, errMissing) {
		Missing(t, what, how)
	}
	if err != nil {
		t.Fatalf("%s does not start: %v", what, err)
	}
}
