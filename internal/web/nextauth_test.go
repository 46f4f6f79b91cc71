package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/testenv"
)

// nextAuthDir holds testdata/nextauth with its packages installed and its page
// bundled; see nextAuth. "" = not made.
var nextAuthDir string

// TestMain removes what several tests share.
func TestMain(m *testing.M) {
	m.Run()
	if nextAuthDir != "" {
		os.RemoveAll(nextAuthDir)
	}
}

// errNoPackages means that npm could not get the libraries.
var errNoPackages = errors.New("npm install failed")

// buildNextAuth installs the real libraries in a temporary folder and makes one
// script of the page, once for all tests. next-auth/react imports nothing of
// Next.js, so --legacy-peer-deps leaves that out.
var buildNextAuth = sync.OnceValue(func() (err error) {
	if nextAuthDir, err = os.MkdirTemp("", "latchkey-nextauth"); err != nil {
		return err
	}
	if err := os.CopyFS(nextAuthDir, os.DirFS("testdata/nextauth")); err != nil {
		return err
	}
	if err := inNextAuth("npm", "install", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return fmt.Errorf("%w: %w", errNoPackages, err)
	}
	// The client looks for its address in the environment. A browser has none:
	// it falls back on its defaults.
	return inNextAuth("node_modules/.bin/esbuild", "page.jsx", "--bundle", "--jsx=automatic", "--outfile=page.js",
		"--define:process.env={}", `--define:process.env.NODE_ENV="production"`)
})

func inNextAuth(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = nextAuthDir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// nextAuth skips the test where the real libraries cannot be had.
func nextAuth(t *testing.T) {
	t.Helper()
	if testing.Short() {
		testenv.Missing(t, "The npm registry (with -short)", "run the tests without -short")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			testenv.Missing(t, "Node.js ("+program+")", "apt-get install nodejs npm, brew install node; version 20 or later")
		}
	}
	err := buildNextAuth()
	if errors.Is(err, errNoPackages) {
		testenv.Missing(t, "next-auth", "make the npm registry reachable: "+err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// serveReact puts the React application on our origin, beside our own pages,
// and counts how often it asks for the session.
func (w *world) serveReact() (asked *atomic.Int64) {
	asked = new(atomic.Int64)
	site, mux := w.handler(), http.NewServeMux()
	mux.HandleFunc("GET /react/{$}", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:")
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, `<!doctype html><title>An app</title><link rel="icon" href="data:,"><div id="app"></div><script src="page.js"></script>`)
	})
	mux.HandleFunc("GET /react/page.js", func(rw http.ResponseWriter, r *http.Request) {
		http.ServeFile(rw, r, filepath.Join(nextAuthDir, "page.js"))
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/auth/session" && r.Referer() == w.front.URL+"/react/" {
			asked.Add(1)
		}
		site.ServeHTTP(rw, r)
	})
	w.use(mux)
	return asked
}

// tab is a tab of a real browser, on our origin.
type tab struct {
	*testenv.Tab
	t   *testing.T
	url string
}

func (b tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Tab, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b tab) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.url+path))
}

// signIn fills in our own form.
func (b tab) signIn(email string) {
	b.t.Helper()
	b.do("sign in", chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), testPassword),
		chromedp.Click(chromedp.CSS("main form [type=submit]")))
}

// call calls the stock client and returns what its promise comes to.
func call[T any](b tab, js string) T {
	b.t.Helper()
	got, err := chromedp.Run(b.Tab, chromedp.Evaluate[T]("client."+js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return got
}

// comesTo waits until the tab is at a path and shows a text, however that
// happens. Our own pages poll once a minute here, so that what comes in time
// has come through a channel between tabs or through the client's own poll.
func (b tab) comesTo(path, text string) {
	b.t.Helper()
	var at, body string
	eventually(func() bool {
		// In the middle of a navigation there is no page to ask.
		at, _ = chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.readyState === "complete" ? location.pathname : ""`))
		body, _ = chromedp.Run(b.Tab, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
		return at == path && strings.Contains(body, text)
	})
	if at != path || !strings.Contains(body, text) {
		b.t.Fatalf("the tab is at %s, want it at %s with %q on the page:\n%s", at, path, text, body)
	}
}

// eventually asks again and again until the answer is yes, or for so long that
// it will not be.
func eventually(ok func() bool) bool {
	deadline := time.After(15 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// clean checks that nothing went wrong behind the scenes.
func (b tab) clean() {
	b.t.Helper()
	for _, problem := range b.Problems() {
		b.t.Errorf("the browser complains: %s", problem)
	}
}

// signInResult is what the stock signIn comes to.
type signInResult struct {
	Error  string // undefined = ""
	Code   string // likewise
	Status int
	OK     bool
	URL    string // null = ""
}

func TestTheStockReactClient(t *testing.T) {
	nextAuth(t)
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) { stockReactClient(t, newWorld(t, memory{accountstest.NewStore()}, strategy)) })
	}
}

func stockReactClient(t *testing.T, w *world) {
	phone := w.signUp("ada@example.com")
	asked := w.serveReact()
	react := tab{testenv.Browser(t, chromedp.IgnoreCertErrors), t, w.front.URL}
	react.open("/react/")
	react.comesTo("/react/", "unauthenticated")

	// In.
	wrong := call[signInResult](react, `signIn("credentials", {redirect: false, email: "ada@example.com", password: "wrong, this one is"})`)
	if want := (signInResult{Error: "CredentialsSignin", Code: "credentials", Status: 200, OK: true}); wrong != want {
		t.Errorf("signIn(wrong password) = %+v, want %+v", wrong, want)
	}
	react.comesTo("/react/", "unauthenticated")
	right := call[signInResult](react, `signIn("credentials", {redirect: false, email: "ada@example.com", password: "`+testPassword+`"})`)
	if want := (signInResult{Status: 200, OK: true, URL: w.front.URL + "/react/"}); right != want {
		t.Errorf("signIn(right password) = %+v, want %+v", right, want)
	}
	react.comesTo("/react/", "authenticated Ada Lovelace ada@example.com")

	// It polls; each poll of the client makes it ask twice, for it hears its own message.
	before := asked.Load()
	if !eventually(func() bool { return asked.Load() >= before+5 }) {
		t.Errorf("the page asked %d times since it is signed in, want it to poll", asked.Load()-before)
	}

	// An update is there for our own pages too.
	if got := call[sessionJSON](react, `update({name: "Ada King", email: "eve@example.com"})`).User; got.Name == nil || *got.Name != "Ada King" || got.Email != "ada@example.com" {
		t.Errorf("update(name and email) = %+v, want the name changed only", got)
	}
	react.comesTo("/react/", "authenticated Ada King ada@example.com")
	if got := call[sessionJSON](react, `update()`).User; got.Name == nil || *got.Name != "Ada King" {
		t.Errorf("update() = %+v, want the session as it is", got)
	}
	ours := tab{react.NewTab(), t, w.front.URL}
	ours.open("/dashboard")
	ours.comesTo("/dashboard", "Ada King")

	// Out: our page in the other tab hears of it.
	if got := call[struct{ URL string }](react, `signOut({redirect: false})`).URL; got != w.front.URL+"/react/" {
		t.Errorf("signOut = %q, want the way back", got)
	}
	react.comesTo("/react/", "unauthenticated")
	ours.comesTo("/signin", "signed out in another tab")

	// In through our page: the client hears of it, which does not poll while it is signed out.
	ours.signIn("ada@example.com")
	ours.comesTo("/dashboard", "Ada King")
	react.comesTo("/react/", "authenticated Ada King")

	// Out by another device: the client's poll finds out, and our page through it.
	phone.post("/account/sessions/end-others").redirectsTo("/account/sessions?done=others")
	react.comesTo("/react/", "unauthenticated")
	ours.comesTo("/signin", "Sign in")

	// Without a provider the client sends its user to our page, which brings him back.
	call[chromedp.Void](react, `signIn()`)
	react.comesTo("/signin", "Sign in")
	react.signIn("ada@example.com")
	react.comesTo("/react/", "authenticated Ada King")
	ours.comesTo("/dashboard", "Ada King") // the channel again, the other way round

	react.clean()
	ours.clean()
	if strings.Contains(w.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors:\n%s", w.log)
	}
}
