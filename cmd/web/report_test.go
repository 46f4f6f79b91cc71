package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"latchkey/internal/auth"
)

// allJSON checks that every line printed is a JSON object, and that there is one.
func allJSON(t *testing.T, what, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil || object["msg"] == nil {
			t.Errorf("%s prints the line %q, want JSON", what, line)
		}
	}
}

// life is the security events of the program itself that are in what it has printed.
func life(t *testing.T, text string) (events []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		var entry struct{ Time, Msg, Event, Reason string }
		if json.Unmarshal([]byte(line), &entry) == nil && strings.HasPrefix(entry.Event, "sys_") {
			if entry.Msg != "security" || !strings.HasSuffix(entry.Time, "Z") {
				t.Errorf("%s is not a line of an event, in UTC", line)
			}
			events = append(events, strings.TrimSpace(entry.Event+" "+entry.Reason))
		}
	}
	return events
}

// LO-2: the log says when the program starts, stops and breaks down.
func TestTheProgramRecordsItsStartAndItsEnd(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), "LOG_FORMAT=json", "ADDR=localhost:0")
	p.cmd.Process.Signal(syscall.SIGTERM)
	if got := life(t, p.exit(0)); !slices.Equal(got, []string{"sys_startup", "sys_shutdown"}) {
		t.Errorf("a program that is told to stop records %q", got)
	}
	broken := start(t, t.TempDir(), "LOG_FORMAT=json", "LATCHKEY_TEST_RUN_MAIN=panic")
	if got := life(t, broken.exit(2)); !slices.Equal(got, []string{"sys_crash panic"}) {
		t.Errorf("a program that panics records %q", got)
	}
	text := start(t, t.TempDir(), "LATCHKEY_TEST_RUN_MAIN=panic").exit(2)
	if !strings.Contains(text, "event=sys_crash") || !strings.Contains(text, "main_test.go:") {
		t.Errorf("a panic is not an event, or its trace does not lead to where it came from:\n%s", text)
	}
	failed := errors.New("the listener is closed")
	if got := endOf(t.Context(), failed); got.Name != auth.EventCrash {
		t.Errorf("a program that cannot go on records %v", got)
	}
	told, cancel := context.WithCancel(t.Context())
	cancel()
	if got := endOf(told, failed); got.Name != auth.EventShutdown {
		t.Errorf("a program that is told to stop and cuts requests off records %v", got)
	}
}

func TestWithJSONEverythingPrintedIsJSON(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for what, variables := range map[string][]string{
		"a bad configuration":     {"SESSION_LIMIT=many", "AUTH_SECRET=short"},
		"a misspelt variable":     {"SESSION_STRATGEY=jwt"},
		"a taken port":            {"APP_ENV=production", "SMTP_URL=smtp://localhost:1", "MAIL_FROM=a@b.example", "ADDR=" + taken.Addr().String(), "AUTH_SECRET=" + randomSecret, "BASE_URL=https://app.example", "DATABASE_URL=sqlite:app.db"},
		"a database that is down": {"DATABASE_URL=postgres://u:p@127.0.0.1:1/x"},
		"a panic":                 {"LATCHKEY_TEST_RUN_MAIN=panic"},
	} {
		p := start(t, t.TempDir(), append([]string{"LOG_FORMAT=json"}, variables...)...)
		<-p.ended
		if p.cmd.ProcessState.ExitCode() == 0 {
			t.Errorf("%s ends with status 0", what)
		}
		allJSON(t, what, p.output.String())
	}
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, ".env"), []byte("LOG_FORMAT=json\nADDR=localhost:0\nSTRIPE_KEY=x\n"), 0o600)
	p := start(t, dir)
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.exit(0)
	allJSON(t, "a start", p.output.String())
	if !strings.Contains(p.output.String(), "STRIPE_KEY") {
		t.Errorf("an unknown name in .env is not noted:\n%s", p.output)
	}
}
