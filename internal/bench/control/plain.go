package control

import (
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// Constant answers every request alike.
func Constant(status int, header http.Header, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		w.Write(body) // an error means that the client is gone
	})
}

// Chi is a page behind chi and four middlewares such as every program has: an id, the
// client's address, a line in the log, and no end by a panic.
func Chi(path string, page http.Handler, log *slog.Logger) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.ClientIPFromRemoteAddr, logged(log), middleware.Recoverer)
	r.Method(http.MethodGet, path, page)
	return r
}

func logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			out := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			next.ServeHTTP(out, r)
			log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path,
				"status", out.Status(), "bytes", out.BytesWritten(), "duration", time.Since(start))
		})
	}
}

// NetHTTP is a page behind the standard library's router.
func NetHTTP(path string, page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+path, page)
	return mux
}
