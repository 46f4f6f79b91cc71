package authapi_test

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

	"latchkey/internal/testenv"
	"latchkey/internal/web/webtest"
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
func serveReact(w *webtest.Site) (asked *atomic.Int64) {
	asked = new(atomic.Int64)
	site, mux := w.Handler(), http.NewServeMux()
	mux.HandleFunc("GET /react/{$}", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:")
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, `<!doctype html><title>An app</title><link rel="icon" href="data:,"><div id="app"></div><script src="page.js"></script>`)
	})
	mux.HandleFunc("GET /react/page.js", func(rw http.ResponseWriter, r *http.Request) {
		http.ServeFile(rw, r, filepath.Join(nextAuthDir, "page.js"))
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/auth/session" && r.Referer() == w.URL+"/react/" {
			asked.Add(1)
		}
		site.ServeHTTP(rw, r)
	})
	w.Use(mux)
	return asked
}

// callClient calls the stock client and returns what its promise comes to.
func callClient[T any](b webtest.Tab, js string) T {
	b.T.Helper()
	got, err := chromedp.Run(b.Tab, chromedp.Evaluate[T]("client."+js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("%s: %v", js, err)
	}
	return got
}

// signInResult is what the stock signIn comes to.
type signInResult struct {
	Error  string // undefined = ""
	Code   string // likewise
	Status int
	OK     bool
	URL    string // null = ""
}

// stockSession is a session as the stock client has it.
type stockSession struct {
	User struct {
		Name  *string
		Email string
	}
}

func TestTheStockReactClient(t *testing.T) {
	nextAuth(t)
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) { stockReactClient(t, webtest.New(t, webtest.NewMemory(), strategy)) })
	}
}

func stockReactClient(t *testing.T, w *webtest.Site) {
	phone := w.SignUp("ada@example.com")
	asked := serveReact(w)
	react := w.OpenTab()
	react.Open("/react/")
	react.ComesTo("/react/", "unauthenticated")

	// In.
	wrong := callClient[signInResult](react, `signIn("credentials", {redirect: false, email: "ada@example.com", password: "wrong, this one is"})`)
	if want := (signInResult{Error: "CredentialsSignin", Code: "credentials", Status: 200, OK: true}); wrong != want {
		t.Errorf("signIn(wrong password) = %+v, want %+v", wrong, want)
	}
	react.ComesTo("/react/", "unauthenticated")
	right := callClient[signInResult](react, `signIn("credentials", {redirect: false, email: "ada@example.com", password: "`+webtest.Password+`"})`)
	if want := (signInResult{Status: 200, OK: true, URL: w.URL + "/react/"}); right != want {
		t.Errorf("signIn(right password) = %+v, want %+v", right, want)
	}
	react.ComesTo("/react/", "authenticated Ada Lovelace ada@example.com")

	// It polls; each poll of the client makes it ask twice, for it hears its own message.
	before := asked.Load()
	if !webtest.Eventually(func() bool { return asked.Load() >= before+5 }) {
		t.Errorf("the page asked %d times since it is signed in, want it to poll", asked.Load()-before)
	}

	// An update is there for our own pages too.
	if got := callClient[stockSession](react, `update({name: "Ada King", email: "eve@example.com"})`).User; got.Name == nil || *got.Name != "Ada King" || got.Email != "ada@example.com" {
		t.Errorf("update(name and email) = %+v, want the name changed only", got)
	}
	react.ComesTo("/react/", "authenticated Ada King ada@example.com")
	if got := callClient[stockSession](react, `update()`).User; got.Name == nil || *got.Name != "Ada King" {
		t.Errorf("update() = %+v, want the session as it is", got)
	}
	ours := webtest.Tab{Tab: react.NewTab(), T: t, URL: w.URL}
	ours.Open("/dashboard")
	ours.ComesTo("/dashboard", "Ada King")

	// Out: our page in the other tab hears of it.
	if got := callClient[struct{ URL string }](react, `signOut({redirect: false})`).URL; got != w.URL+"/react/" {
		t.Errorf("signOut = %q, want the way back", got)
	}
	react.ComesTo("/react/", "unauthenticated")
	ours.ComesTo("/signin", "signed out in another tab")

	// In through our page: the client hears of it, which does not poll while it is signed out.
	ours.SignIn("ada@example.com")
	ours.ComesTo("/dashboard", "Ada King")
	react.ComesTo("/react/", "authenticated Ada King")

	// Out by another device: the client's poll finds out, and our page through it.
	phone.Post("/account/sessions/end-others").RedirectsTo("/account/sessions")
	react.ComesTo("/react/", "unauthenticated")
	ours.ComesTo("/signin", "Sign in")

	// Without a provider the client sends its user to our page, which brings him back.
	callClient[chromedp.Void](react, `signIn()`)
	react.ComesTo("/signin", "Sign in")
	react.SignIn("ada@example.com")
	react.ComesTo("/react/", "authenticated Ada King")
	ours.ComesTo("/dashboard", "Ada King") // the channel again, the other way round

	react.Clean()
	ours.Clean()
	if strings.Contains(w.Log.String(), `"level":"ERROR"`) {
		t.Errorf("the log has errors:\n%s", w.Log)
	}
}
