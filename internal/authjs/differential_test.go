package authjs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

// authCore is the release whose format this package speaks.
const authCore = "0.41.3"

// task and answer are the lines that testdata/authcore.mjs reads and writes.
type task struct {
	Claims  map[string]any `json:"claims,omitempty"`
	Cookie  string         `json:"cookie,omitempty"`
	Salt    string         `json:"salt"`
	Secrets []string       `json:"secrets"`
}

type answer struct {
	Claims map[string]any
	Token  string
}

// TK-1, TK-6, CK-3: the real @auth/core reads what we write, chunks included, and we read
// what it writes.
func TestAThousandSessionsPassBetweenUsAndAuthJS(t *testing.T) {
	const fresh = "fedcba9876543210fedcba9876543210"
	dir := installAuthCore(t)
	rng := rand.New(rand.NewPCG(5, 6))
	all := make([]authjs.Claims, 1000)
	var tasks []task
	chunked := 0
	for i := range all {
		all[i] = randomClaims(rng, time.Now())
		if i%10 == 0 {
			all[i].Picture = strings.Repeat("p", rng.IntN(8000))
		}
		cookie := authjs.SessionCookie(i%2 == 0)
		secrets := [][]string{{secret}, {fresh, secret}}[i/2%2] // every other pair was rotated since we wrote it
		header, pieces := cookieHeader(t, cookie, encode(t, newCodec(t, cookie.Name, secret), all[i]), all[i].ExpiresAt)
		chunked += min(pieces-1, 1)
		tasks = append(tasks,
			task{Cookie: header, Salt: cookie.Name, Secrets: secrets},
			task{Claims: jsonOf(t, all[i]), Salt: cookie.Name, Secrets: secrets})
	}
	if chunked == 0 {
		t.Fatal("no session was long enough for chunks")
	}

	answers := runAuthCore(t, dir, tasks)
	mismatches := 0
	for i, want := range all {
		read, made, asked := answers[2*i], answers[2*i+1], tasks[2*i+1]
		if !reflect.DeepEqual(read.Claims, jsonOf(t, want)) {
			mismatches++
			t.Errorf("@auth/core reads %v, want %v", read.Claims, jsonOf(t, want))
		}
		got, err := newCodec(t, asked.Salt, asked.Secrets...).Decode(made.Token, time.Now())
		if err == nil {
			// These three Auth.js sets by itself at every encode.
			got.IssuedAt, got.ExpiresAt, got.ID = want.IssuedAt, want.ExpiresAt, want.ID
		}
		if err != nil || !reflect.DeepEqual(jsonOf(t, got), jsonOf(t, want)) {
			mismatches++
			t.Errorf("Decode(token of @auth/core) = %+v, %v, want %+v", got, err, want)
		}
	}
	t.Logf("@auth/core %s: %d sessions each way, %d of ours in chunks, %d mismatches", authCore, len(all), chunked, mismatches)
}

// cookieHeader is what a browser sends back after our Set-Cookie lines.
func cookieHeader(t *testing.T, cookie authjs.Cookie, token string, expires time.Time) (header string, pieces int) {
	t.Helper()
	h := http.Header{}
	if err := cookie.Write(h, token, expires); err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Header: http.Header{}}
	for _, c := range written(h) {
		r.AddCookie(c)
	}
	return r.Header.Get("Cookie"), len(written(h))
}

// jsonOf writes down by hand what the claims should be in JavaScript.
func jsonOf(t *testing.T, c authjs.Claims) map[string]any {
	t.Helper()
	all := map[string]any{}
	for name, raw := range c.Extra {
		var value any
		unmarshal(t, raw, &value)
		all[name] = value
	}
	for name, text := range map[string]string{
		"sub": c.Subject, "sid": c.SessionID, "name": c.Name, "email": c.Email, "picture": c.Picture, "jti": c.ID,
	} {
		if text != "" {
			all[name] = text
		}
	}
	for name, date := range map[string]time.Time{
		"iat": c.IssuedAt, "exp": c.ExpiresAt, "auth_time": c.AuthTime, "abs": c.Absolute, "vat": c.ValidatedAt,
	} {
		if !date.IsZero() {
			all[name] = float64(date.UnixMilli()) / 1000
		}
	}
	return all
}

// runAuthCore gives all tasks to one node process and returns its answers in order.
func runAuthCore(t *testing.T, dir string, tasks []task) []answer {
	t.Helper()
	var in, stderr bytes.Buffer
	for _, task := range tasks {
		if err := json.NewEncoder(&in).Encode(task); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", "authcore.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, &in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &stderr)
	}
	var answers []answer
	for line := range bytes.Lines(out) {
		var a answer
		unmarshal(t, line, &a)
		answers = append(answers, a)
	}
	if len(answers) != len(tasks) {
		t.Fatalf("node answered %d of %d tasks\n%s", len(answers), len(tasks), &stderr)
	}
	return answers
}

// installAuthCore installs the real library in a temporary folder, beside the script that
// drives it.
func installAuthCore(t *testing.T) (dir string) {
	t.Helper()
	if testing.Short() {
		unavailable(t, "-short leaves out what needs the network")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			unavailable(t, "install Node.js 20 or later, which brings "+program)
		}
	}
	dir = t.TempDir()
	script, err := os.ReadFile("testdata/authcore.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"authcore.mjs": script, "package.json": []byte(`{"private":true}`)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "@auth/core@"+authCore)
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		unavailable(t, "npm install @auth/core@"+authCore+" must reach the npm registry: "+err.Error()+"\n"+string(out))
	}
	installed, err := os.ReadFile(filepath.Join(dir, "node_modules/@auth/core/package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Version string }
	unmarshal(t, installed, &manifest)
	if manifest.Version != authCore {
		t.Fatalf("npm installed @auth/core %s, want %s", manifest.Version, authCore)
	}
	return dir
}

// unavailable skips the test, or fails it where everything is required to run.
func unavailable(t *testing.T, how string) {
	t.Helper()
	if os.Getenv("TEST_REQUIRE_ALL") != "" {
		t.Fatal("the comparison with @auth/core is required (TEST_REQUIRE_ALL): " + how)
	}
	t.Skip("no comparison with @auth/core: " + how)
}
