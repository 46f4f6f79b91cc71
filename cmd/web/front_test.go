package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var listeningAt = regexp.MustCompile(`listening on (\S+)`)

// front is what stands before the program, as in production: a proxy at an
// address that stays when the program is restarted. A test sees by it what the
// browser asks, and can hold answers back.
type front struct {
	t         *testing.T
	url       string
	variables []string
	dir       string // where the program keeps its data
	stop      func() // the program behind it, and waits for it

	cut func() // breaks all connections that are open

	mu      sync.Mutex
	backend *url.URL // nil = the program is down
	asked   map[string]int
	held    map[string]*hold
	instead map[string]http.HandlerFunc // what answers in the program's place, by path
	rewrite func(html string) string    // of the pages on their way; nil = as they are
}

// hold keeps answers on their way: what the program did is done, but the
// browser does not know yet.
type hold struct {
	arrived chan struct{} // closed when the first answer is held
	release chan struct{}
	once    sync.Once
}

// newFront runs the program behind a front until the test ends.
func newFront(t *testing.T, variables ...string) *front {
	t.Helper()
	f := &front{t: t, asked: map[string]int{}, held: map[string]*hold{}, instead: map[string]http.HandlerFunc{}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(f.program())
			r.Out.Host = r.In.Host
		},
		ModifyResponse: f.pass,
		FlushInterval:  -1, // events pass at once
		ErrorLog:       log.New(io.Discard, "", 0),
		ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.count(r)
		if answer := f.answer(r.URL.Path); answer != nil {
			answer(w, r)
			return
		}
		if f.program() == nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.cut = server.CloseClientConnections
	f.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	f.variables = append([]string{"ADDR", "127.0.0.1:0", "BASE_URL", f.url, "AUTH_SECRET", goodSecret,
		"SESSION_STRATEGY", "database"}, variables...)
	f.dir = t.TempDir()
	f.run()
	t.Cleanup(func() {
		f.releaseAll()
		f.stop()
		server.CloseClientConnections()
		server.Close()
	})
	return f
}

// run starts the program and points the front at it.
func (f *front) run() {
	f.t.Helper()
	output := &output{}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx, f.dir, env(f.variables...), output); err != nil {
			io.WriteString(output, "run: "+err.Error())
		}
	})
	f.stop = func() {
		f.t.Helper()
		cancel()
		running.Wait()
		if text := output.String(); strings.Contains(text, "run: ") { // such as an open stream that kept it
			f.t.Errorf("the program did not stop cleanly:\n%s", text)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := listeningAt.FindStringSubmatch(output.String()); m != nil {
			backend, _ := url.Parse("http://" + m[1])
			f.mu.Lock()
			f.backend = backend
			f.mu.Unlock()
			return
		}
	}
	f.t.Fatalf("the program did not start:\n%s", output)
}

// down stops the program; run starts it again.
func (f *front) down() {
	f.mu.Lock()
	f.backend = nil
	f.mu.Unlock()
	f.stop()
}

func (f *front) program() *url.URL {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.backend
}

func (f *front) count(r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[r.Method+" "+r.URL.Path]++
}

// polls is how often the session has been asked for.
func (f *front) polls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked["GET /auth/session"]
}

// streams is how often the stream of events has been asked for.
func (f *front) streams() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked["GET /auth/events"]
}

// hold keeps back every answer to a path from now on, until release.
func (f *front) hold(path string) *hold {
	h := &hold{arrived: make(chan struct{}), release: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[path] = h
	return h
}

func (f *front) release(path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h := f.held[path]; h != nil {
		close(h.release)
		delete(f.held, path)
	}
}

func (f *front) releaseAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, h := range f.held {
		close(h.release)
		delete(f.held, path)
	}
}

// pass is called with each answer of the program before it is passed on.
func (f *front) pass(resp *http.Response) error {
	f.mu.Lock()
	h, rewrite := f.held[resp.Request.URL.Path], f.rewrite
	f.mu.Unlock()
	if h != nil {
		h.once.Do(func() { close(h.arrived) })
		<-h.release
	}
	if rewrite == nil || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	html, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	text := rewrite(string(html))
	resp.Body = io.NopCloser(strings.NewReader(text))
	resp.ContentLength = int64(len(text))
	resp.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

// rewritePages changes the pages of the program from now on.
func (f *front) rewritePages(rewrite func(html string) string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rewrite = rewrite
}

// answerInstead answers these paths in the program's place; nil: not any more.
func (f *front) answerInstead(answer http.HandlerFunc, paths ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, path := range paths {
		f.instead[path] = answer
	}
}

func (f *front) answer(path string) http.HandlerFunc {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.instead[path]
}

// hangUp breaks the connection in place of an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// patience is how long a test waits for what must come: CI is busy.
const patience = 60 * time.Second

// until waits for something that must come, and says how long it took.
func until(t *testing.T, what string, done func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for time.Since(start) < patience {
		if done() {
			return time.Since(start)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("in %v this has not come: %s", patience, what)
	return 0
}

// received waits for a channel, within bounds.
func received(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("in %v this has not come: %s", patience, what)
	}
}
