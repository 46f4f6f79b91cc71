package web

import (
	"fmt"
	"net/http"

	"latchkey/internal/auth"
)

// watch has every answer say what it cost and cuts the connections that are to
// be dropped. It goes inside auth.Middleware.
func (l *lab) watch(next http.Handler) http.Handler {
	if !l.Lab {
		return next
	}
	return l.drops.cut(map[string]bool{l.AuthPath + "/session": true, l.AuthPath + "/events": true}, cost(next))
}

// cost puts the round trips to the database into Server-Timing, where the
// browser's developer tools and scripts of our own origin find them.
func cost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&costWriter{ResponseWriter: w, r: r}, r)
	})
}

// costWriter waits with the sum until the headers go out.
type costWriter struct {
	http.ResponseWriter
	r     *http.Request
	wrote bool
}

func (w *costWriter) WriteHeader(status int) {
	if !w.wrote {
		w.wrote = true
		w.Header().Set("Server-Timing", fmt.Sprintf(`db;desc="%d"`, auth.Queries(w.r.Context())))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *costWriter) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what there is, which the headers are part of.
func (w *costWriter) Flush() {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *costWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
