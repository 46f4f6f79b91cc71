package testenv

import (
	"context"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const getBrowser = "install Chromium or Google Chrome: apt-get install chromium, brew install --cask chromium; on Windows, in WSL"

// browserTimeout is what all of a test's browsing may take. A page that hangs
// then fails its test instead of blocking the whole run.
const browserTimeout = 2 * time.Minute

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

// Browser returns the first tab of a headless browser that has no cookies and no
// history yet: a profile of its own in a browser that all tests of the process
// share, because a start costs a second. Options, such as chromedp.IgnoreCertErrors,
// come after ours and make it a browser of the test's own. It ends with the test.
// Without a browser on this machine the test is skipped; see Missing.
func Browser(t testing.TB, opts ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	if len(opts) > 0 {
		tab, _ := startBrowser(t, opts)
		return tab
	}
	b, err := oneBrowser.get()
	need(t, err, "A browser", getBrowser)
	ctx, cancel := context.WithTimeout(b.ctx, browserTimeout)
	t.Cleanup(cancel)
	return openTab(t, ctx, chromedp.WithNewBrowserContext())
}

// running is a browser at work.
type running struct {
	ctx   context.Context // of its first tab
	stop  func()
	guard *guard
}

// oneBrowser is the browser of Browser. The end of the process ends it.
var oneBrowser sharedBrowser

type sharedBrowser struct {
	mu      sync.Mutex
	running running
}

// get starts the browser, or another one in place of one that has crashed.
func (s *sharedBrowser) get() (running, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running.ctx != nil && s.running.ctx.Err() == nil {
		return s.running, nil
	}
	var err error
	s.running, err = launchBrowser(context.Background(), nil)
	return s.running, err
}

// startBrowser starts a browser for one test.
func startBrowser(t testing.TB, opts []chromedp.ExecAllocatorOption) (*Tab, *guard) {
	t.Helper()
	// The parent is not t.Context, which would cut the cleanups off in the middle.
	ctx, cancel := context.WithTimeout(context.Background(), browserTimeout)
	t.Cleanup(cancel)
	b, err := launchBrowser(ctx, opts)
	need(t, err, "A browser", getBrowser)
	t.Cleanup(b.stop)
	return openTab(t, b.ctx), b.guard
}

func launchBrowser(parent context.Context, opts []chromedp.ExecAllocatorOption) (b running, err error) {
	bin, err := browserBin()
	if err != nil {
		return b, err
	}
	if b.guard, err = newGuard(false, browserScript); err != nil {
		return b, err
	}
	ctx, cancelBrowser := chromedp.NewExecAllocator(parent, slices.Concat(
		chromedp.DefaultExecAllocatorOptions[:], // headless, no-first-run and the like
		browserFlags,
		[]chromedp.ExecAllocatorOption{
			chromedp.ExecPath(bin),
			chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { leavePID(cmd, b.guard.dir) }),
			chromedp.UserDataDir(b.guard.dir + "/profile"),
			chromedp.Env("HOME="+b.guard.dir, "TMPDIR="+b.guard.dir), // nothing lands outside the folder
		},
		opts)...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	b.ctx = ctx
	b.stop = func() { cancelTab(); cancelBrowser(); b.guard.close() }
	if err := chromedp.Do(ctx); err != nil {
		b.stop()
		return b, err
	}
	return b, nil
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
