package authhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/felixge/httpsnoop"
)

// cookieWriter writes the session cookie, and what AtHeaders was given, just
// before the headers go out.
type cookieWriter struct {
	request *request
	header  func() http.Header
	wrote   bool // the headers are out, or the connection is the handler's
}

// wrap returns w with a step before whatever sends the headers. It can do exactly what w
// can: stream, take the connection over for a WebSocket, have the kernel send a file, push.
func (c *cookieWriter) wrap(w http.ResponseWriter) http.ResponseWriter {
	return httpsnoop.Wrap(w, httpsnoop.Hooks{
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			return func(status int) { c.before(status); next(status) }
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			return func(b []byte) (int, error) { c.before(http.StatusOK); return next(b) }
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			return func(s string) (int, error) { c.before(http.StatusOK); return next(s) }
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			return func(src io.Reader) (int64, error) { c.before(http.StatusOK); return next(src) }
		},
		Flush: func(next httpsnoop.FlushFunc) httpsnoop.FlushFunc {
			return func() { c.before(http.StatusOK); next() }
		},
		FlushError: func(next httpsnoop.FlushErrorFunc) httpsnoop.FlushErrorFunc {
			return func() error { c.before(http.StatusOK); return next() }
		},
		Hijack: func(next httpsnoop.HijackFunc) httpsnoop.HijackFunc {
			return func() (net.Conn, *bufio.ReadWriter, error) {
				conn, buffered, err := next()
				c.wrote = c.wrote || err == nil
				return conn, buffered, err
			}
		},
	})
}

// before completes the headers, once. Informational answers come before the headers; 101,
// by which a WebSocket begins, is the answer itself (RFC 9110 §15.2).
func (c *cookieWriter) before(status int) {
	if c.wrote || status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	c.wrote = true
	c.request.writeCookie(c.header())
	for _, f := range c.request.headers {
		f(c.header())
	}
}
