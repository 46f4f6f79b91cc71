package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
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
