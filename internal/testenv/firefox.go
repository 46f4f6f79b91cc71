package testenv

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const getFirefox = "install Firefox: apt-get install firefox-esr, brew install --cask firefox; on Windows, in WSL"

// firefoxSettings keep Firefox from talking to anyone but the test's server, and
// have it choose a free port for its remote control.
var firefoxSettings = map[string]any{
	"marionette.port":                                0,
	"app.normandy.enabled":                           false,
	"app.update.disabledForTesting":                  true,
	"browser.aboutwelcome.enabled":                   false,
	"browser.newtabpage.enabled":                     false,
	"browser.region.update.enabled":                  false,
	"browser.safebrowsing.downloads.enabled":         false,
	"browser.safebrowsing.malware.enabled":           false,
	"browser.safebrowsing.phishing.enabled":          false,
	"browser.search.update":                          false,
	"browser.shell.checkDefaultBrowser":              false,
	"browser.startup.page":                           0,
	"datareporting.policy.dataSubmissionEnabled":     false,
	"dom.disable_open_during_load":                   false,
	"extensions.getAddons.cache.enabled":             false,
	"extensions.systemAddon.update.enabled":          false,
	"extensions.update.enabled":                      false,
	"network.captive-portal-service.enabled":         false,
	"network.connectivity-service.enabled":           false,
	"network.dns.disablePrefetch":                    true,
	"network.trr.mode":                               5,
	"services.settings.server":                       "data:,#remote-settings-dummy/v1",
	"toolkit.telemetry.enabled":                      false,
	"toolkit.telemetry.reportingpolicy.firstRun":     false,
	"toolkit.startup.max_resumed_crashes":            -1,
	"datareporting.healthreport.uploadEnabled":       false,
	"browser.tabs.warnOnClose":                       false,
	"browser.sessionstore.resume_from_crash":         false,
	"signon.rememberSignons":                         false,
	"security.remote_settings.intermediates.enabled": false,
}

// A Window is a window of Firefox with one page in it, in view like every other
// window of a headless Firefox. It ends with its test. Windows may be used from
// several goroutines; their commands take turns.
type Window struct {
	t      testing.TB
	m      *marionette
	handle string
}

// Firefox starts a headless Firefox with a new profile and returns its first
// window. It ends with the test. Without Firefox on this machine the test is
// skipped; see Missing.
func Firefox(t testing.TB) *Window {
	t.Helper()
	w, _ := startFirefox(t)
	return w
}

func startFirefox(t testing.TB) (*Window, *guard) {
	t.Helper()
	bin, err := firefoxBin()
	need(t, err, "Firefox", getFirefox)
	g, err := newGuard(false, browserScript)
	need(t, err, "Firefox", getFirefox)
	t.Cleanup(g.close)
	cmd, err := runFirefox(bin, g)
	need(t, err, "Firefox", getFirefox)
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })

	port, err := firefoxPort(g.dir + "/profile")
	need(t, err, "Firefox", getFirefox)
	m, err := dialMarionette(port)
	need(t, err, "Firefox", getFirefox)
	t.Cleanup(func() { _ = m.conn.Close() })
	w := &Window{t: t, m: m}
	w.do(&w.handle, "WebDriver:GetWindowHandle", nil)
	return w, g
}

func runFirefox(bin string, g *guard) (*exec.Cmd, error) {
	profile := filepath.Join(g.dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return nil, err
	}
	var settings strings.Builder
	for name, value := range firefoxSettings {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&settings, "user_pref(%q, %s);\n", name, text)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(settings.String()), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, "--headless", "--marionette", "--no-remote", "--profile", profile)
	cmd.Env = append(os.Environ(), "HOME="+g.dir, "TMPDIR="+g.dir, "MOZ_CRASHREPORTER_DISABLE=1") // nothing lands outside the folder
	leavePID(cmd, g.dir)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return cmd, nil
}

// firefoxPort waits until Firefox has written down where it listens.
func firefoxPort(profile string) (port int, err error) {
	for deadline := time.Now().Add(answerTimeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		if err != nil {
			continue
		}
		if port, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no sign of life in %v", answerTimeout)
}

func firefoxBin() (string, error) {
	for _, name := range []string{"firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin, nil
		}
	}
	return "", errMissing
}

// NewWindow opens another window of the same browser: the same cookies.
func (w *Window) NewWindow() *Window {
	w.t.Helper()
	var opened struct{ Handle string }
	w.do(&opened, "WebDriver:NewWindow", map[string]any{"type": "window", "focus": false})
	other := &Window{t: w.t, m: w.m, handle: opened.Handle}
	w.t.Cleanup(func() { _ = other.try(nil, "WebDriver:CloseWindow", nil) })
	return other
}

// Close closes the window. Another one must be open, or the browser goes with it.
func (w *Window) Close() {
	w.t.Helper()
	w.do(nil, "WebDriver:CloseWindow", nil)
}

// Open goes to an address and waits until the page is loaded.
func (w *Window) Open(url string) {
	w.t.Helper()
	w.do(nil, "WebDriver:Navigate", map[string]any{"url": url})
}

// Back is the back button.
func (w *Window) Back() {
	w.t.Helper()
	w.do(nil, "WebDriver:Back", nil)
}

// Evaluate runs the body of a function in the page, such as "return document.title",
// and decodes what it returns, or what its promise resolves to, into result
// unless that is nil.
func (w *Window) Evaluate(result any, body string, args ...any) {
	w.t.Helper()
	if err := w.Try(result, body, args...); err != nil {
		w.t.Fatalf("firefox: %s: %v", body, err)
	}
}

// Try is Evaluate for a page that may be on its way out, where scripts fail.
func (w *Window) Try(result any, body string, args ...any) error {
	var answer struct{ Value json.RawMessage }
	params := map[string]any{"script": body, "args": append([]any{}, args...), "sandbox": nil}
	if err := w.try(&answer, "WebDriver:ExecuteScript", params); err != nil || result == nil {
		return err
	}
	return json.Unmarshal(answer.Value, result)
}

// Cookies returns the cookies of the page's address, by name.
func (w *Window) Cookies() map[string]string {
	w.t.Helper()
	var cookies []struct{ Name, Value string }
	w.do(&cookies, "WebDriver:GetCookies", nil)
	values := map[string]string{}
	for _, c := range cookies {
		values[c.Name] = c.Value
	}
	return values
}

func (w *Window) do(result any, name string, params map[string]any) {
	w.t.Helper()
	if err := w.try(result, name, params); err != nil {
		w.t.Fatalf("firefox: %v", err)
	}
}

// try sends a command for this window. The handle of a window is the value of an
// object, as results that are no objects or lists are.
func (w *Window) try(result any, name string, params map[string]any) error {
	orders := []order{{name, params}}
	if w.handle != "" {
		orders = slices.Insert(orders, 0, order{"WebDriver:SwitchToWindow", map[string]any{"handle": w.handle, "focus": false}})
	}
	if text, ok := result.(*string); ok {
		var answer struct{ Value string }
		err := w.m.do(&answer, orders...)
		*text = answer.Value
		return err
	}
	return w.m.do(result, orders...)
}
