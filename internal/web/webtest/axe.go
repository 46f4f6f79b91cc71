package webtest

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

//go:embed axe
var axeFiles embed.FS

// errNoPackages means that npm could not get the libraries.
var errNoPackages = errors.New("npm install failed")

// axeScript is our own checks and axe-core of the version in the folder axe, installed once for all
// tests in a folder that is gone before it is used.
var axeScript = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "latchkey-axe")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, axeFiles); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = filepath.Join(dir, "axe")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %w\n%s", errNoPackages, err, out)
	}
	script, err := os.ReadFile(filepath.Join(cmd.Dir, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		return "", err
	}
	own, err := axeFiles.ReadFile("axe/checks.js")
	return string(own) + string(script), err
})

// axe skips the test where axe-core cannot be had.
func axe(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		testenv.Missing(t, "The npm registry (with -short)", "run the tests without -short")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		testenv.Missing(t, "npm", "apt-get install nodejs npm, brew install node")
	}
	script, err := axeScript()
	if errors.Is(err, errNoPackages) {
		testenv.Missing(t, "axe-core", "make the npm registry reachable: "+err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// audit is what axe-core finds on a page.
type audit struct {
	Passes     int       // rules that had something to say and were content
	Violations []finding // what is wrong
	Incomplete []finding // what a person would have to look at
}

// finding is one element that breaks one rule.
type finding struct{ Rule, Help, Target, Why string }

func (f finding) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", f.Rule, f.Help, f.Target, strings.ReplaceAll(f.Why, "\n", " "))
}

// runAxe asks for everything up to WCAG 2.2 AA. Two of its rules are named,
// since they are what a palette and a finger stand and fall with.
const runAxe = `axe.run(document, {
	runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
	rules: { "target-size": { enabled: true }, "color-contrast": { enabled: true } },
	resultTypes: ["violations", "incomplete"], preload: false,
}).then(({ passes, violations, incomplete }) => {
	const plain = (results) => results.flatMap((r) => r.nodes.map((n) => (
		{ rule: r.id, help: r.help, target: n.target.join(" "), why: n.failureSummary ?? "" })));
	return { passes: passes.length, violations: plain(violations), incomplete: plain(incomplete) };
})`

// accessible runs axe-core on what the tab shows.
func (v *Viewer) accessible(t *testing.T, how string) {
	t.Helper()
	found, err := chromedp.Run(v.Tab, chromedp.Evaluate[audit](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("axe-core, %s: %v", how, err)
	}
	if found.Passes < 10 {
		t.Errorf("%s: axe-core was content with %d rules only, want it to have seen the page", how, found.Passes)
	}
	for _, f := range found.Violations {
		t.Errorf("%s: %s", how, f)
	}
	for _, f := range found.Incomplete {
		t.Logf("%s, for a person to look at: %s", how, f)
	}
}
