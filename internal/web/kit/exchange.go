package kit

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/dbtrace"
	"latchkey/internal/httpwriter"
)

// exchange is one request with its answer: its name, and what has gone out so far.
type exchange struct {
	http.ResponseWriter               // what is below
	id                  string        // of the request, in the log and on error pages
	trace               string        // that it belongs to, in the log; "" = none
	nonce               func() string // of the scripts in the page, if it is one
	status              atomic.Int32  // 0 = the head is not out
	bytes               atomic.Int64  // of the body
}

type exchangeKey struct{}

// exchangeOf is nil for a request that has not come through NewRouter.
func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// exchange gives every request a name of our own making, since one from a header would let
// a client write into the log; counts what it asks the database; and writes one line of log
// for it, even if a later step refuses it. The query is left out: it is the user's, and a
// link may carry more than belongs in a log.
func (k *Kit) exchange(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		x := &exchange{ResponseWriter: w, id: rand.Text()[:12], trace: traceOf(r), nonce: sync.OnceValue(rand.Text)}
		w.Header()["X-Request-Id"] = []string{x.id}
		r = r.WithContext(context.WithValue(dbtrace.WithCounter(r.Context()), exchangeKey{}, x))
		defer func() { k.note(r, x, time.Since(start)) }()
		next.ServeHTTP(httpwriter.Wrap(w, x), r)
	})
}

// note writes the line of a request that is over, and tells Observe of it.
func (k *Kit) note(r *http.Request, x *exchange, took time.Duration) {
	status := int(x.status.Load())
	if k.Observe != nil {
		k.Observe(patternOf(r), r.Method, status, took)
	}
	level := slog.LevelInfo
	if isProbe(r) {
		level = slog.LevelDebug // probes would drown the rest
	}
	if k.Log.Enabled(r.Context(), level) {
		k.Log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", routeOf(r)),
			slog.Int("status", status), slog.Int64("bytes", x.bytes.Load()), slog.Duration("duration", took.Round(time.Microsecond)))
	}
}

// patternOf is the pattern of the request's route.
func patternOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil {
		if pattern := c.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return "unmatched"
}

// routeOf is the request's path, with the ids in it left out where a route has a name for
// them, whether or not the request has come as far as the router. What looks like a query is
// left out, too: mail programs break links, and /reset%3Ftoken=… is a path with a token.
func routeOf(r *http.Request) string {
	path := r.URL.Path
	c := chi.RouteContext(r.Context())
	if c == nil || c.Routes == nil {
		return path
	}
	pattern := c.RoutePattern()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if pattern != "" && pattern != "/*" {
			break
		}
		pattern = c.Routes.Find(chi.NewRouteContext(), method, path)
	}
	if strings.Contains(pattern, "{") {
		return pattern
	}
	if i := strings.IndexAny(path, "?&="); i >= 0 {
		return path[:i] + "…"
	}
	return path
}

// Before implements httpwriter.Watcher.
func (x *exchange) Before(status int) error {
	if isFinal(status) {
		x.status.CompareAndSwap(0, int32(status))
	}
	return nil
}

// Sent implements httpwriter.Watcher.
func (x *exchange) Sent(bytes int64) { x.bytes.Add(bytes) }

// Hijack implements httpwriter.Watcher.
func (x *exchange) Hijack(take func() error) error {
	err := take()
	if err == nil {
		x.status.CompareAndSwap(0, http.StatusSwitchingProtocols)
	}
	return err
}

// isFinal reports a status that is the answer's own. Informational answers come
// before it; 101 is the answer itself (RFC 9110 §15.2).
func isFinal(status int) bool { return status >= 200 || status == http.StatusSwitchingProtocols }

// RequestID is the id under which the log has the request of ctx; "" outside one.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

// nonceOf is the nonce of the scripts in the page that answers a request.
func nonceOf(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.nonce()
	}
	return ""
}

// hasBegun reports whether something of the answer has gone out, so that no other can take
// its place. Of a handler that has lost the answer, nothing has.
func hasBegun(ctx context.Context) bool {
	if b := boundsOf(ctx); b != nil && b.guard != nil {
		return b.guard.hasBegun()
	}
	x := exchangeOf(ctx)
	return x != nil && x.status.Load() != 0
}
