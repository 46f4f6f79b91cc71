package kit_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"latchkey/internal/testenv"
	"latchkey/internal/web/webtest"
)

// RD-1: what LocalPath lets through is judged by the parser that browsers use.
// net/url reads some addresses differently, so its word alone proves nothing.
func TestLocalPathsAreLocalToABrowser(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		testenv.Missing(t, "Node", "install Node.js: apt-get install nodejs, brew install node")
	}
	k := ourKit(t)
	var passed []string
	keep := func(raw string) {
		if path, ok := k.LocalPath(raw); ok {
			passed = append(passed, path)
		}
	}
	for _, raw := range webtest.HostileCallbacks {
		keep(raw)
		keep("/" + raw)
		keep("https://app.example/" + raw)
	}
	pieces := []string{"/", "//", "\\", "/.", "..", ".", "@", ":", "?", "#", "%2f", "%5c", "%09", "%00", "evil.example", "app.example", "https:", "javascript:", "[", "]", ";", "&", "=", "é", "\t", " ", "x"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		var raw strings.Builder
		for range 1 + random.IntN(6) {
			raw.WriteString(pieces[random.IntN(len(pieces))])
		}
		keep(raw.String())
		keep("https://app.example" + raw.String())
	}
	input, _ := json.Marshal(passed)
	cmd := exec.Command(node, "-e", `
		const paths = JSON.parse(require("fs").readFileSync(0, "utf8"))
		const leaves = (p) => { try { return new URL(p, "https://app.example/signin").origin !== "https://app.example" } catch { return true } }
		console.log(JSON.stringify({ judged: paths.length, left: paths.filter(leaves) }))`)
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	var verdict struct {
		Judged int
		Left   []string
	}
	if err := json.Unmarshal(output, &verdict); err != nil {
		t.Fatal(err)
	}
	if verdict.Judged < 1000 {
		t.Errorf("only %d paths passed and were judged", verdict.Judged)
	}
	for _, path := range verdict.Left {
		t.Errorf("a browser leaves the site at %q", path)
	}
}
