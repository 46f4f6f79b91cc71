package kit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/httpwriter"
)

// grace is how long after its time is over a handler may still answer for itself.
// One that waits for a database that has noticed the end needs no more.
const grace = time.Second

// guard stands between a handler and the answer. A handler whose time is over and
// that has sent nothing loses the answer to somebody else, even if it never
// returns: code that it calls may know no context.
type guard struct {
	to     http.ResponseWriter
	header http.Header // the handler's own: it may go on changing it

	mu    sync.Mutex
	begun bool // the answer is the handler's
	lost  bool // the answer is not the handler's any more
}

// runGuarded runs a handler until it returns, or until late says that its answer
// is not worth waiting for: it reports false then. Once the handler has begun to
// answer it may take as long as it likes.
func (k *Kit) runGuarded(w http.ResponseWriter, r *http.Request, late <-chan time.Time, next http.Handler) bool {
	g := &guard{to: w, header: w.Header().Clone()}
	ended := make(chan any, 1) // what the handler panicked with; nil = it returned
	inner, patterns := ownRoute(withBegun(r, g.hasBegun))
	go func() {
		defer func() { ended <- k.caught(inner, g, recover()) }()
		next.ServeHTTP(httpwriter.Wrap(w, g), inner)
	}()
	select {
	case v := <-ended:
		return g.finish(v, patterns)
	case <-late:
	}
	if g.lose() {
		return false
	}
	return g.finish(<-ended, patterns)
}

// caught is a panic with the place where it happened, to be passed on. One that
// comes when nobody waits any more is logged.
func (k *Kit) caught(r *http.Request, g *guard, v any) any {
	if v == nil || v == http.ErrAbortHandler {
		return v
	}
	v = fmt.Sprintf("%v\n%s", v, debug.Stack())
	if g.isLost() {
		k.Log.ErrorContext(r.Context(), "panic after the request was answered", "error", v)
	}
	return v
}

// finish hands on what the handler left: its panic, its headers, the route.
func (g *guard) finish(panicked any, patterns func()) bool {
	patterns()
	if panicked != nil {
		panic(panicked)
	}
	g.copyHeader() // trailers, or all of them
	return true
}

// ownRoute gives a request its own copy of what the router knows of it: the router
// uses its own for another request as soon as this one is answered.
func ownRoute(r *http.Request) (own *http.Request, handBack func()) {
	theirs := chi.RouteContext(r.Context())
	if theirs == nil {
		return r, func() {}
	}
	ours := *theirs
	ours.RoutePatterns = slices.Clone(theirs.RoutePatterns)
	ours.URLParams.Keys, ours.URLParams.Values = slices.Clone(theirs.URLParams.Keys), slices.Clone(theirs.URLParams.Values)
	own = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, &ours))
	return own, func() { theirs.RoutePatterns = ours.RoutePatterns }
}

// begin asks for the answer. false = it is lost.
func (g *guard) begin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.lost && !g.begun {
		g.begun = true
		g.copyHeader()
	}
	return !g.lost
}

// lose takes the answer from the handler, unless it has begun.
func (g *guard) lose() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lost = !g.begun
	return g.lost
}

func (g *guard) hasBegun() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.begun
}

func (g *guard) isLost() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.lost
}

func (g *guard) copyHeader() {
	clear(g.to.Header())
	maps.Copy(g.to.Header(), g.header)
}

// Header implements httpwriter.Watcher: what is the handler's own.
func (g *guard) Header() http.Header { return g.header }

// Before implements httpwriter.Watcher. What comes before the head is not worth a race.
func (g *guard) Before(status int) error {
	if !isFinal(status) {
		return errInformational
	}
	if !g.begin() {
		return http.ErrHandlerTimeout
	}
	return nil
}

var errInformational = errors.New("an informational answer is left out")

// Sent implements httpwriter.Watcher.
func (g *guard) Sent(int64) {}

// Hijack implements httpwriter.Watcher.
func (g *guard) Hijack(take func() error) error {
	if !g.begin() {
		return http.ErrHandlerTimeout
	}
	return take()
}
