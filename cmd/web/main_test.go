package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

// The test binary is the program, too: TestMain runs main when told so, and
// tests start it as a process of its own.
func TestMain(m *testing.M) {
	switch os.Getenv("LATCHKEY_TEST_RUN_MAIN") {
	case "1":
		main()
		return
	case "panic":
		defer reportPanic(os.Getenv("LOG_FORMAT") == "json", os.Stderr)
		panic("two\nlines")
	}
	os.Exit(testenv.RunSideBySide(m, 6))
}

// process is the running program.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	output *output
	ended  chan struct{}
}

// output is what the program has printed so far.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var (
	bannerURL = regexp.MustCompile(regexp.QuoteMeta(siteName) + ` is at (\S+)`)
	readyURL  = regexp.MustCompile(`"msg":"ready","url":"([^"]+)"`) // the same with LOG_FORMAT=json
)

// start runs the program in a folder and waits for its banner; url is "" if it
// ended without one.
func start(t *testing.T, dir string, variables ...string) *process {
	t.Helper()
	return startRelease(t, os.Args[0], dir, variables...)
}

// startRelease does so with another build of the program; see releases.
func startRelease(t *testing.T, program, dir string, variables ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(program), output: &output{}, ended: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"LATCHKEY_TEST_RUN_MAIN=1", "PATH=" + os.Getenv("PATH"), "HOME=" + dir}, variables...)
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); <-p.ended })
	found := make(chan string, 1)
	go func() {
		defer close(p.ended)
		defer close(found)
		for lines := bufio.NewReader(stderr); ; {
			line, err := lines.ReadString('\n')
			io.WriteString(p.output, line)
			for _, pattern := range []*regexp.Regexp{bannerURL, readyURL} {
				if m := pattern.FindStringSubmatch(line); m != nil {
					found <- m[1]
				}
			}
			if err != nil {
				p.cmd.Wait()
				return
			}
		}
	}()
	select {
	case p.url = <-found:
	case <-time.After(time.Minute):
		t.Fatal("the program neither started nor ended in a minute")
	}
	return p
}

// exit waits for the end and checks the status.
func (p *process) exit(want int) string {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		p.t.Fatal("the program did not end in a minute")
	}
	if got := p.cmd.ProcessState.ExitCode(); got != want {
		p.t.Errorf("exit status %d, want %d:\n%s", got, want, p.output)
	}
	return p.output.String()
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func TestTheProgramNeedsNothingAndStopsCleanly(t *testing.T) { // PR-2
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		dir := t.TempDir()
		p := start(t, dir, "ADDR=localhost:0")
		if status, body := fetch(t, p.url+"/readyz"); status != 200 {
			t.Errorf("/readyz = %d %s, want 200", status, body)
		}
		if _, body := fetch(t, p.url+"/signin"); !strings.Contains(body, demo.Email) || !strings.Contains(body, demo.Password) {
			t.Error("the sign-in page does not show the demo user")
		}
		for _, file := range []string{"auth-secret", "app.db"} { // CF-4
			info, err := os.Stat(filepath.Join(dir, dataDir, file))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("data/%s: %v, %v, want a file for its owner only", file, info, err)
			}
		}
		p.cmd.Process.Signal(signal)
		output := p.exit(0)
		for _, want := range []string{p.url, "jwt", "app.db", demo.Email} {
			if !strings.Contains(output, want) {
				t.Errorf("the banner does not say %q:\n%s", want, output)
			}
		}
	}
}

func TestARestartSignsNobodyOut(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []string{"makes", "keeps"} {
		p := start(t, dir, "ADDR=localhost:0")
		secret, err := os.ReadFile(filepath.Join(dir, dataDir, "auth-secret"))
		if err != nil {
			t.Fatal(err)
		}
		if step == "makes" {
			t.Cleanup(func() {
				if again, _ := os.ReadFile(filepath.Join(dir, dataDir, "auth-secret")); string(again) != string(secret) {
					t.Error("the second start made a new secret")
				}
			})
		}
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.exit(0)
	}
}

func TestATakenPortIsAnsweredByTheNext(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := start(t, t.TempDir(), "ADDR="+taken.Addr().String())
	if p.url == "" || strings.HasSuffix(p.url, taken.Addr().String()[len("127.0.0.1"):]) {
		t.Fatalf("in development the program is at %q, want another port than %s", p.url, taken.Addr())
	}
	if status, _ := fetch(t, p.url+"/healthz"); status != 200 {
		t.Errorf("/healthz = %d, want 200", status)
	}

	strict := start(t, t.TempDir(), "ADDR="+taken.Addr().String(), "APP_ENV=production", "SMTP_URL=smtp://localhost:1", "MAIL_FROM=a@b.example", "AUTH_SECRET="+randomSecret, "BASE_URL=https://app.example", "DATABASE_URL=sqlite:app.db")
	if output := strict.exit(1); !strings.Contains(output, "set ADDR") {
		t.Errorf("in production a taken port says %q, want it to say what to do", output)
	}
}

func TestABadConfigurationIsExitStatus2(t *testing.T) { // CF-1
	p := start(t, t.TempDir(), "APP_ENV=production", "AUTH_SECRET=short-and-secret", "SESSION_LIMIT=many")
	output := p.exit(2)
	for _, want := range []string{"AUTH_SECRET", "SESSION_LIMIT", "BASE_URL", ".env.example"} {
		if !strings.Contains(output, want) {
			t.Errorf("the report does not name %s:\n%s", want, output)
		}
	}
	if strings.Contains(output, "short-and-secret") || p.url != "" {
		t.Error("the program printed the secret or started")
	}
}

func TestAnAuthPathInTheWayOfAPageIsExitStatus2(t *testing.T) {
	for _, path := range []string{"/account", "/signin", "/healthz", "/static/auth"} {
		p := start(t, t.TempDir(), "ADDR=localhost:0", "AUTH_PATH="+path)
		if output := p.exit(2); !strings.Contains(output, "AUTH_PATH") || !strings.Contains(output, path) || p.url != "" {
			t.Errorf("AUTH_PATH=%s says %q, want it to name the variable and the path and not to start", path, output)
		}
	}
}

func TestTheFileComesAfterTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, ".env"), []byte("SESSION_STRATEGY=database\nADDR=localhost:0\n"), 0o600)
	p := start(t, dir)
	if _, body := fetch(t, p.url); !strings.Contains(body, "SESSION_STRATEGY=database") {
		t.Error("the strategy of .env is not in force")
	}
	q := start(t, dir, "SESSION_STRATEGY=jwt")
	if _, body := fetch(t, q.url); !strings.Contains(body, "SESSION_STRATEGY=jwt") {
		t.Error("the environment does not come before .env")
	}
	os.WriteFile(filepath.Join(dir, ".env"), []byte("what is\x00this\n"), 0o600)
	if output := start(t, dir).exit(2); !strings.Contains(output, ".env") {
		t.Errorf("a broken .env says %q", output)
	}
}

func TestProductionClosesTheDemoUser(t *testing.T) { // LG-6
	dir := t.TempDir()
	p := start(t, dir, "ADDR=localhost:0")
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.exit(0)
	q := start(t, dir, "ADDR=localhost:0", "APP_ENV=production", "SMTP_URL=smtp://localhost:1", "MAIL_FROM=a@b.example", "AUTH_SECRET="+randomSecret, "BASE_URL=http://localhost:1234", "DATABASE_URL=sqlite:data/app.db")
	addr := listeningOn(t, q)
	if _, body := fetch(t, addr+"/signin"); strings.Contains(body, demo.Email) {
		t.Error("production shows the demo user")
	}
	resp, err := http.PostForm(addr+"/signin", map[string][]string{"email": {demo.Email}, "password": {demo.Password}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 422 {
		t.Errorf("the demo user signs in in production with status %d, want 422", resp.StatusCode)
	}
}

// listeningOn finds the address of a process whose banner names its public one.
func listeningOn(t *testing.T, p *process) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := listeningAt.FindStringSubmatch(p.output.String()); m != nil {
			return "http://localhost" + m[1][strings.LastIndexByte(m[1], ':'):] // production knows no other name
		}
	}
	t.Fatal("the program does not say where it listens")
	return ""
}

func TestAnUnwritableFolderSaysWhatToDo(t *testing.T) {
	if os.Getuid() == 0 {
		// Root writes anywhere; a file in the folder's place is in anyone's way.
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, dataDir), nil, 0o600)
		if output := start(t, dir, "ADDR=localhost:0").exit(1); !strings.Contains(output, "AUTH_SECRET") {
			t.Errorf("the program says %q, want what to do", output)
		}
		return
	}
	dir := t.TempDir()
	os.Chmod(dir, 0o500)
	if output := start(t, dir, "ADDR=localhost:0").exit(1); !strings.Contains(output, "AUTH_SECRET") {
		t.Errorf("the program says %q, want what to do", output)
	}
}

func TestRunStopsWhenItsContextEnds(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, ".", env("ADDR", "localhost:0"), io.Discard) }()
	cancel()
	select {
	case err := <-done:
		if err != nil && ctx.Err() == nil {
			t.Errorf("run = %v, want nil", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("run did not end in a minute")
	}
}
