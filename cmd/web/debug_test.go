package main

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

func TestDebugAddrIsOfThisMachineAlone(t *testing.T) {
	for _, addr := range []string{"localhost:6060", "127.0.0.1:6060", "127.8.8.8:0", "[::1]:6060"} {
		if c, err := load(with(production, "DEBUG_ADDR", addr)); err != nil || c.debugAddr != addr {
			t.Errorf("DEBUG_ADDR=%s: %q, %v, want it taken", addr, c.debugAddr, err)
		}
	}
	for _, addr := range []string{":6060", "0.0.0.0:6060", "[::]:6060", "192.168.1.7:6060", "10.0.0.1:6060", "app.example:6060", "evil.localhost:6060", "6060", "localhost", "localhost:99999", "http://localhost:6060"} {
		_, err := load(with(production, "DEBUG_ADDR", addr))
		if list, ok := errors.AsType[configError](err); !ok || !strings.Contains(list.Error(), "DEBUG_ADDR") {
			t.Errorf("DEBUG_ADDR=%s: %v, want it refused by its name", addr, err)
		}
	}
}

var debugURL = regexp.MustCompile(`metrics=(http://\S+)/metrics`)

// debugOf is the address at which a program shows its metrics.
func debugOf(t *testing.T, p *process) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := debugURL.FindStringSubmatch(p.output.String()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the program does not say where it shows its metrics:\n%s", p.output)
	return ""
}

// guest is a browser that keeps its cookies.
func guest(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second}
}

func send(t *testing.T, client *http.Client, address string, fields ...string) (status int, body string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

var (
	metricType = regexp.MustCompile(`(?m)^# TYPE (\w+) (\w+)$`)
	metricName = regexp.MustCompile(`\blatchkey_[a-z_]+`)
	metricRow  = regexp.MustCompile("(?m)^\\| `(latchkey_[a-z_]+)")
)

// What the program shows, what the dashboard draws and what docs/operations.md explains are
// the same metrics.
func TestTheDashboardDrawsWhatTheProgramShows(t *testing.T) {
	p := start(t, t.TempDir(), "ADDR=localhost:0", "DEBUG_ADDR=localhost:0")
	debug := debugOf(t, p)
	ada := guest(t)
	for range 12 {
		send(t, ada, p.url+"/signin", "email", demo.Email, "password", "not their password")
	}
	if status, _ := send(t, ada, p.url+"/signup", "email", "ada@example.com", "password", "seven quiet ships at noon"); status != 200 {
		t.Fatalf("signing up = %d, want the dashboard", status)
	}
	send(t, ada, p.url+"/signout")
	if status, _ := send(t, ada, p.url+"/signin", "email", "ada@example.com", "password", "seven quiet ships at noon"); status != 200 {
		t.Fatalf("signing in = %d, want the dashboard", status)
	}
	status, shown := fetch(t, debug+"/metrics")
	if status != 200 {
		t.Fatalf("GET /metrics = %d", status)
	}
	for _, want := range []string{
		`latchkey_sessions_started_total{method="pwd"} 1`, `latchkey_sessions_started_total{method="signup"} 1`, `latchkey_sessions_ended_total{reason="signout"} 1`, `latchkey_signins_denied_total{reason="password"} 10`,
		`latchkey_limited_total{of="passwords"} 2`, "latchkey_event_streams 0", "latchkey_hashes_waiting 0", `route="/signin",method="POST"`,
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the metrics lack %s:\n%s", want, shown)
		}
	}
	names := map[string]bool{}
	for _, m := range metricType.FindAllStringSubmatch(shown, -1) {
		names[m[1]] = true
	}
	if len(names) < 19 {
		t.Fatalf("the program shows %d metrics, want all: %q", len(names), slices.Sorted(maps.Keys(names)))
	}
	text, ok := testenv.Document(t, "operations.md")
	if !ok {
		return
	}
	drawn, explained := drawnMetrics(t), map[string]bool{}
	for _, m := range metricRow.FindAllStringSubmatch(text, -1) {
		explained[m[1]] = true
	}
	if got, want := slices.Sorted(maps.Keys(drawn)), slices.Sorted(maps.Keys(names)); !slices.Equal(got, want) {
		t.Errorf("docs/grafana.json draws %q, the program shows %q", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(explained)), slices.Sorted(maps.Keys(names)); !slices.Equal(got, want) {
		t.Errorf("docs/operations.md explains %q, the program shows %q", got, want)
	}
}

// drawnMetrics are those of the dashboard's queries. A histogram has three names there.
func drawnMetrics(t *testing.T) map[string]bool {
	t.Helper()
	text, _ := testenv.Document(t, "grafana.json")
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, panel := range dashboard.Panels {
		if len(panel.Targets) == 0 {
			t.Errorf("the panel %q draws nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				for _, of := range []string{"_bucket", "_sum", "_count"} {
					name = strings.TrimSuffix(name, of)
				}
				drawn[name] = true
			}
		}
	}
	return drawn
}

// HD-6: the site itself shows none of it, and without DEBUG_ADDR nobody does.
func TestMetricsAndProfilesAreNowhereElse(t *testing.T) {
	p := start(t, t.TempDir(), "ADDR=localhost:0", "DEBUG_ADDR=localhost:0")
	debug := debugOf(t, p)
	for path, want := range map[string]string{"/metrics": "latchkey_goroutines ", "/debug/pprof/": "goroutine", "/debug/pprof/goroutine?debug=1": "goroutine profile", "/debug/pprof/cmdline": "", "/dashboard": ""} {
		if status, body := fetch(t, debug+path); want != "" && (status != 200 || !strings.Contains(body, want)) || want == "" && status != 404 {
			t.Errorf("GET %s at DEBUG_ADDR = %d, want %q in it, or 404", path, status, want)
		}
		if status, body := fetch(t, p.url+path); path != "/dashboard" && (status != 404 || strings.Contains(body, "latchkey_")) {
			t.Errorf("GET %s at the site = %d, want 404", path, status)
		}
	}
	if output := start(t, t.TempDir(), "ADDR=localhost:0").output.String(); debugURL.MatchString(output) {
		t.Errorf("without DEBUG_ADDR there is a place for metrics:\n%s", output)
	}
}
