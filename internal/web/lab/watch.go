package lab

import (
	"fmt"
	"net/http"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/dbtrace"
)

// watch has every answer say what it cost and cuts the connections that are to
// be dropped. It goes inside the session middleware.
func (l *lab) watch(next http.Handler) http.Handler {
	return l.drops.cut(map[string]bool{l.AuthPath + "/session": true, l.AuthPath + "/events": true}, cost(next))
}

// cost puts the round trips to the database into Server-Timing, where the
// browser's developer tools and scripts of our own origin find them.
func cost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authhttp.AtHeaders(r.Context(), func(h http.Header) {
			h.Set("Server-Timing", fmt.Sprintf(`db;desc="%d"`, dbtrace.Count(r.Context())))
		})
		next.ServeHTTP(w, r)
	})
}
