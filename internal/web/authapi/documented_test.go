package authapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/testenv"
	"latchkey/internal/web/webtest"
)

var documented = regexp.MustCompile("(?s)```ts\n(import NextAuth from .*?)```")

// documentedCode is a configuration of next-auth, which the docs show.
func documentedCode(t testing.TB) string {
	t.Helper()
	code, err := os.ReadFile("testdata/nextauth/documented.ts")
	if err != nil {
		t.Fatal(err)
	}
	return string(code)
}

func TestTheDocsShowTheConfigurationThatIsTested(t *testing.T) {
	text, ok := testenv.Document(t, "authjs.md")
	if !ok {
		return
	}
	if found := documented.FindStringSubmatch(text); found == nil || found[1] != documentedCode(t) {
		t.Error("docs/authjs.md does not show the configuration of next-auth in testdata/nextauth/documented.ts")
	}
}

// runDocumented runs that code for the browser's cookies, where it asks for the
// session at an address.
func runDocumented(b *webtest.Browser, ask string) otherApp {
	b.T.Helper()
	var cookies []string
	for name, value := range sessionCookies(b) {
		cookies = append(cookies, name+"="+value)
	}
	in, err := json.Marshal(map[string]any{
		"source": documentedCode(b.T), "ask": ask, "url": b.Site.URL + "/auth/session",
		"cookie": strings.Join(cookies, "; "), "secret": b.Site.Auth.Secrets,
	})
	if err != nil {
		b.T.Fatal(err)
	}
	var stderr bytes.Buffer
	node := exec.CommandContext(b.T.Context(), "node", "documented.mjs")
	node.Dir, node.Stdin, node.Stderr = nextAuthDir, bytes.NewReader(in), &stderr
	out, err := node.Output()
	if err != nil {
		b.T.Fatalf("node: %v\n%s", err, &stderr)
	}
	var app otherApp
	if err := json.Unmarshal(out, &app); err != nil {
		b.T.Fatalf("%s: %v", out, err)
	}
	return app
}

// keeps reports whether an answer leaves the browser with a session cookie.
func (a otherApp) keeps() bool {
	for _, line := range a.SetCookie {
		if c, err := http.ParseSetCookie(line); err == nil && strings.Contains(c.Name, "session-token") && c.MaxAge < 0 {
			return false
		}
	}
	return true
}

// The code that the docs show signs nobody out while it cannot ask, and at once
// whoever is signed out.
func TestTheDocumentedCallbackSurvivesAnOutage(t *testing.T) {
	nextAuth(t)
	answers := map[string]http.HandlerFunc{
		"503": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			w.Write([]byte("null")) // as ours does
		},
		"a proxy's page": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>Bad gateway</html>")) },
		"nothing":        func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a broken line":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			b := webtest.OnMemory(t).SignUp("ada@example.com")
			server := httptest.NewServer(answer)
			defer server.Close()
			defer server.CloseClientConnections()
			agedTokens(t, b, 2*time.Minute, func() {
				got := runDocumented(b, server.URL)
				if !got.keeps() || userIn(t, string(got.Session))["email"] != "ada@example.com" || strings.Contains(string(got.Session), `"unknown":true`) {
					t.Errorf("two minutes after the last look the session is %s and kept: %v, want Ada's", got.Session, got.keeps())
				}
			})
			agedTokens(t, b, 10*time.Minute, func() {
				got := runDocumented(b, server.URL)
				if !got.keeps() || !strings.Contains(string(got.Session), `"unknown":true`) {
					t.Errorf("ten minutes after the last look the session is %s and kept: %v, want it kept and unknown", got.Session, got.keeps())
				}
			})
		})
	}
	t.Run("a server that is down", func(t *testing.T) {
		b := webtest.OnMemory(t).SignUp("ada@example.com")
		agedTokens(t, b, 2*time.Minute, func() {
			if got := runDocumented(b, "http://127.0.0.1:1/auth/session"); !got.keeps() || string(got.Session) == "null" {
				t.Errorf("the session is %s and kept: %v, want Ada's", got.Session, got.keeps())
			}
		})
	})
}

func TestTheDocumentedCallbackAsksAndBelieves(t *testing.T) {
	nextAuth(t)
	b := webtest.OnMemory(t).SignUp("ada@example.com")
	asked := 0
	ask := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		b.Site.Handler().ServeHTTP(w, r)
	}))
	defer ask.Close()
	if got := runDocumented(b, ask.URL+"/auth/session"); !got.keeps() || userIn(t, string(got.Session))["email"] != "ada@example.com" || asked != 0 {
		t.Errorf("a moment after the last look the session is %s, asked for %d times, want Ada's without asking", got.Session, asked)
	}
	agedTokens(t, b, 2*time.Minute, func() {
		if got := runDocumented(b, ask.URL+"/auth/session"); !got.keeps() || userIn(t, string(got.Session))["email"] != "ada@example.com" || asked != 1 {
			t.Errorf("two minutes after it the session is %s, asked for %d times, want Ada's and once", got.Session, asked)
		}
		user, _, _ := b.Site.Database.UserByEmail(t.Context(), "ada@example.com")
		if _, err := b.Site.Database.End(t.Context(), auth.Selector{UserID: user.ID}, auth.ReasonEverywhere, b.Site.Now()); err != nil {
			t.Fatal(err)
		}
		b.Site.Wait(10 * time.Minute)
		if got := runDocumented(b, ask.URL+"/auth/session"); got.keeps() || string(got.Session) != "null" {
			t.Errorf("once it has ended the session is %s and kept: %v, want null and its cookie deleted", got.Session, got.keeps())
		}
	})
}

// agedTokens puts the site's clock back for the sign-in, so that the other
// application, whose clock is the machine's, finds the browser's token old.
func agedTokens(t *testing.T, b *webtest.Browser, age time.Duration, check func()) {
	t.Helper()
	b.Site.Wait(-age)
	b.Post("/signin", "email", "ada@example.com", "password", webtest.Password)
	if b.Session() == "" {
		t.Fatal("the browser is not signed in")
	}
	b.Site.Wait(age)
	check()
}
