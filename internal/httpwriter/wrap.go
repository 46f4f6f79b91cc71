// Package httpwriter stands between a handler and its answer, for middleware that has to know
// what goes out, or to add to it at the last moment.
//
// What it returns can do what the writer below can: stream, take the connection over for a
// WebSocket, have the kernel send a file. A wrapper that lost one of these would break the
// handlers that need it, and one that claimed too much would have them fail later.
package httpwriter

import "net/http"

// Wrap returns a writer that lets the watcher see what goes to w.
func Wrap(w http.ResponseWriter, watcher Watcher) http.ResponseWriter {
	if c, ok := w.(connection); ok {
		if _, ok := w.(http.Pusher); !ok { // HTTP/2
			return &writer{c, watcher}
		}
	}
	return wrapOther(w, watcher)
}
