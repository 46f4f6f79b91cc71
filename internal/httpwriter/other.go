package httpwriter

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/felixge/httpsnoop"
)

// wrapOther wraps a writer that can do more or less than a connection of HTTP/1: one of
// HTTP/2, of a test, of another wrapper.
func wrapOther(w http.ResponseWriter, watcher Watcher) http.ResponseWriter {
	before := func() error { return watcher.Before(http.StatusOK) }
	return httpsnoop.Wrap(w, httpsnoop.Hooks{
		Header: func(httpsnoop.HeaderFunc) httpsnoop.HeaderFunc { return watcher.Header },
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			return func(status int) {
				if watcher.Before(status) == nil {
					next(status)
				}
			}
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			return func(b []byte) (int, error) {
				if err := before(); err != nil {
					return 0, err
				}
				n, err := next(b)
				watcher.Sent(int64(n))
				return n, err
			}
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			return func(text string) (int, error) {
				if err := before(); err != nil {
					return 0, err
				}
				n, err := next(text)
				watcher.Sent(int64(n))
				return n, err
			}
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			return func(from io.Reader) (int64, error) {
				if err := before(); err != nil {
					return 0, err
				}
				n, err := next(from)
				watcher.Sent(n)
				return n, err
			}
		},
		Flush: func(next httpsnoop.FlushFunc) httpsnoop.FlushFunc {
			return func() {
				if before() == nil {
					next()
				}
			}
		},
		FlushError: func(next httpsnoop.FlushErrorFunc) httpsnoop.FlushErrorFunc {
			return func() error {
				if err := before(); err != nil {
					return err
				}
				return next()
			}
		},
		Hijack: func(next httpsnoop.HijackFunc) httpsnoop.HijackFunc {
			return func() (net.Conn, *bufio.ReadWriter, error) {
				return hijack(watcher, next)
			}
		},
	})
}
