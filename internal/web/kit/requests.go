package kit

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/auth"
	"latchkey/internal/dbtrace"
)

type requestIDKey struct{}

// requestID gives every request a name of our own making: one from a header
// would let a client write into the log.
func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// countQueries has dbtrace.Count tell what a request has asked the database.
func countQueries(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(dbtrace.WithCounter(r.Context())))
	})
}

// RequestID is the id under which the log has the request of ctx; "" outside one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// LogHandler adds the request's id and client address to every line that is
// logged on its behalf, wherever that is. Times are in UTC, and no text in a line
// commands the terminal that shows it.
func LogHandler(h slog.Handler) slog.Handler { return logHandler{h} }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, rec slog.Record) error {
	rec = readable(rec)
	if id := RequestID(ctx); id != "" {
		rec.AddAttrs(slog.String("request_id", id), slog.String("ip", middleware.GetClientIP(ctx)))
	}
	return h.Handler.Handle(ctx, rec)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name)}
}

// logRequests writes one line for each request. The query is left out: it is
// the user's, and a link may carry more than belongs in a log.
func (k *Kit) logRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		var out sent
		defer func() {
			level := slog.LevelInfo
			if isProbe(r) {
				level = slog.LevelDebug // probes would drown the rest
			}
			k.Log.Log(r.Context(), level, "request", "method", r.Method, "path", routeOf(r),
				"status", out.status.Load(), "bytes", out.bytes.Load(), "duration", time.Since(start).Round(time.Microsecond))
		}()
		next.ServeHTTP(out.tracked(w), withBegun(r, out.begun))
	})
}

// routeOf is the request's path, with the ids in it left out where the route
// has a name for them.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && strings.Contains(c.RoutePattern(), "{") {
		return c.RoutePattern()
	}
	return r.URL.Path
}

// recoverPanics turns a bug in one request into a 500 for that request.
func (k *Kit) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v) // net/http's own way to cut a connection
			default:
				k.fail(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// ClientOf is what a login keeps of the browser it comes from.
func ClientOf(r *http.Request) auth.Client {
	return auth.Client{IP: middleware.GetClientIP(r.Context()), UserAgent: r.UserAgent()}
}
