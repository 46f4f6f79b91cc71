package kit

import (
	"context"
	"net/http"
	"sync/atomic"

	"latchkey/internal/httpwriter"
)

// sent is what has gone out of an answer so far.
type sent struct {
	http.ResponseWriter              // what is below
	status              atomic.Int32 // 0 = the head is not out
	bytes               atomic.Int64 // of the body
}

// tracked returns a writer that notes in s what goes through it.
func (s *sent) tracked(w http.ResponseWriter) http.ResponseWriter {
	s.ResponseWriter = w
	return httpwriter.Wrap(w, s)
}

// Before implements httpwriter.Watcher.
func (s *sent) Before(status int) error {
	if isFinal(status) {
		s.status.CompareAndSwap(0, int32(status))
	}
	return nil
}

// Sent implements httpwriter.Watcher.
func (s *sent) Sent(bytes int64) { s.bytes.Add(bytes) }

// Hijack implements httpwriter.Watcher.
func (s *sent) Hijack(take func() error) error {
	err := take()
	if err == nil {
		s.status.CompareAndSwap(0, http.StatusSwitchingProtocols)
	}
	return err
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
