package kit

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/felixge/httpsnoop"
)

// sent is what has gone out of an answer so far.
type sent struct {
	status atomic.Int32 // 0 = the head is not out
	bytes  atomic.Int64 // of the body
}

// tracked returns a writer that notes in s what goes through it. It can do what w
// can: stream, take the connection over for a WebSocket, have the kernel send a
// file.
func (s *sent) tracked(w http.ResponseWriter) http.ResponseWriter {
	return httpsnoop.Wrap(w, httpsnoop.Hooks{
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			return func(status int) { s.head(status); next(status) }
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			return func(b []byte) (int, error) {
				s.head(http.StatusOK)
				n, err := next(b)
				s.bytes.Add(int64(n))
				return n, err
			}
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			return func(text string) (int, error) {
				s.head(http.StatusOK)
				n, err := next(text)
				s.bytes.Add(int64(n))
				return n, err
			}
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			return func(src io.Reader) (int64, error) {
				s.head(http.StatusOK)
				n, err := next(src)
				s.bytes.Add(n)
				return n, err
			}
		},
		Flush: func(next httpsnoop.FlushFunc) httpsnoop.FlushFunc {
			return func() { s.head(http.StatusOK); next() }
		},
		FlushError: func(next httpsnoop.FlushErrorFunc) httpsnoop.FlushErrorFunc {
			return func() error { s.head(http.StatusOK); return next() }
		},
		Hijack: func(next httpsnoop.HijackFunc) httpsnoop.HijackFunc {
			return func() (net.Conn, *bufio.ReadWriter, error) {
				conn, buffered, err := next()
				if err == nil {
					s.head(http.StatusSwitchingProtocols)
				}
				return conn, buffered, err
			}
		},
	})
}

func (s *sent) head(status int) {
	if isFinal(status) {
		s.status.CompareAndSwap(0, int32(status))
	}
}

func (s *sent) begun() bool { return s.status.Load() != 0 }

// isFinal reports a status that is the answer's own. Informational answers come
// before it; 101 is the answer itself (RFC 9110 §15.2).
func isFinal(status int) bool { return status >= 200 || status == http.StatusSwitchingProtocols }

type begunKey struct{}

// withBegun lets those who answer a request ask whether its answer has begun.
func withBegun(r *http.Request, begun func() bool) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), begunKey{}, begun))
}

// hasBegun reports whether something of the answer has gone out, so that no other
// can take its place.
func hasBegun(ctx context.Context) bool {
	begun, ok := ctx.Value(begunKey{}).(func() bool)
	return ok && begun()
}
