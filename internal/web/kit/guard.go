package kit

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"latchkey/internal/httpwriter"
)

// grace is how long after its time is over a handler may still answer for itself.
// One that waits for a database that has noticed the end needs no more.
const grace = time.Second

// guard stands between a handler and the answer. A handler whose time is over and that has
// sent nothing loses the answer: it is given in the handler's place, which may never
// return, since code that it calls may know no context.
type guard struct {
	to     http.ResponseWriter
	header http.Header // the handler's own: it may go on changing it

	mu    sync.Mutex
	begun bool          // the answer is the handler's
	lost  chan struct{} // the answer is not the handler's any more; closed once it was given; nil = it is not lost
}

func newGuard(w http.ResponseWriter) *guard { return &guard{to: w, header: maps.Clone(w.Header())} }

// writer is the handler's.
func (g *guard) writer() http.ResponseWriter { return httpwriter.Wrap(g.to, g) }

// finish hands on the headers that a handler leaves when it has returned.
func (g *guard) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lost == nil && (!g.begun || g.hasTrailers()) {
		g.copyHeader()
	}
}

// end keeps the answer from being taken any more, and waits for the one that is being given
// in the handler's place.
func (g *guard) end() {
	g.mu.Lock()
	g.begun = true
	lost := g.lost
	g.mu.Unlock()
	if lost != nil {
		<-lost
	}
}

func (g *guard) hasTrailers() bool {
	for name := range g.header {
		if name == "Trailer" || strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// begin asks for the answer. false = it is lost.
func (g *guard) begin() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lost == nil && !g.begun {
		g.begun = true
		g.copyHeader()
	}
	return g.lost == nil
}

// take takes the answer from the handler and gives another one, unless the handler's has
// begun or another one was given: a route may begin whose time is longer, when it is too late.
func (g *guard) take(give func()) {
	given := make(chan struct{})
	if g.lose(given) {
		defer close(given)
		give()
	}
}

func (g *guard) lose(given chan struct{}) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun || g.lost != nil {
		return false
	}
	g.lost = given
	return true
}

func (g *guard) hasBegun() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.begun
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
