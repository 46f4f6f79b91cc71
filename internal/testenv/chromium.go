package testenv

import (
	"context"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const getBrowser = "install Chromium or Google Chrome: apt-get install chromium, brew install --cask chromium; on Windows, in WSL"

// browserTimeout is what all of a test's browsing may take. A page that hangs
// then fails its test instead of blocking the whole run.
const browserTimeout = 60 * time.Second

// browserScript kills the browser and its helpers. Chromium leaves by itself
// when the DevTools pipe breaks, but not before it has written its profile.
const browserScript = `
prepare() { :; }
obey() { :; }
finish() { kill -s KILL -- "-$(cat pid)"; }
`

// browserFlags keep the browser from talking to anyone but the test's server.
// (chromedp adds no-sandbox by itself, for root only, who cannot do without.)
var browserFlags = []chromedp.ExecAllocatorOption{
	chromedp.Flag("disable-gpu", true),
	chromedp.Flag("disable-quic", true),
	chromedp.Flag("disable-component-update", true),
	chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-sync", true),
}

// Browser starts a headless browser with a new profile and returns its first
// tab. It ends with the test. The options, such as chromedp.IgnoreCertErrors,
// come after ours. Without a browser on this machine the test is skipped; see
// Missing.
func Browser(t testing.TB, opts ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	tab, _ := startBrowser(t, opts)
	return tab
}

func startBrowser(t testing.TB, opts []chromedp.ExecAllocatorOption) (*Tab, *guard) {
	t.Helper()
	bin, err := browserBin()
	need(t, err, "A browser", getBrowser)
	g, err := newGuard(false, browserScript)
	need(t, err, "A browser", getBrowser)
	t.Cleanup(g.close)

	// Cleanups run last in, first out: tabs, browser, guard. The parent is not
	// t.Context, which would cut the first two off in the middle.
	ctx, cancel := context.WithTimeout(context.Background(), browserTimeout)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, slices.Concat(
		chromedp.DefaultExecAllocatorOptions[:], // headless, no-first-run and the like
		browserFlags,
		[]chromedp.ExecAllocatorOption{
			chromedp.ExecPath(bin),
			chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { leavePID(cmd, g.dir) }),
			chromedp.UserDataDir(g.dir + "/profile"),
			chromedp.Env("HOME="+g.dir, "TMPDIR="+g.dir), // nothing lands outside the folder
		},
		opts)...)
	t.Cleanup(cancel)

	return openTab(t, ctx), g
}

// leavePID has a shell write down its id for the guard and only then become
// cmd: there is no moment at which the browser runs and the guard cannot tell.
func leavePID(cmd *exec.Cmd, dir string) {
	ownGroup(cmd)
	cmd.Path = "/bin/sh"
	cmd.Args = slices.Concat([]string{"sh", "-c", `echo $$ >"$0/pid" && exec "$@"`, dir}, cmd.Args)
}

// browserBin finds the browser, in PATH or where macOS keeps it.
func browserBin() (string, error) {
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin, nil
		}
	}
	return "", errMissing
}
