package kit

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/auth"
)

// LogHandler adds the request's id, client address and trace to every line that is
// logged on its behalf, wherever that is. Times are in UTC, and no text in a line
// commands the terminal that shows it.
func LogHandler(h slog.Handler) slog.Handler { return logHandler{h} }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, rec slog.Record) error {
	rec = readable(rec)
	if x := exchangeOf(ctx); x != nil {
		rec.AddAttrs(slog.String("request_id", x.id), slog.String("ip", middleware.GetClientIP(ctx)))
		if x.trace != "" {
			rec.AddAttrs(slog.String("trace_id", x.trace))
		}
	}
	return h.Handler.Handle(ctx, rec)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = readableAttr(a)
	}
	return logHandler{h.Handler.WithAttrs(clean)}
}

func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(inert(name))}
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
				k.record(r, auth.EventCrash, "resource", routeOf(r))
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
