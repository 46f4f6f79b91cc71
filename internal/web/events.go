package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"latchkey/internal/auth"
)

const (
	heartbeat  = 20 * time.Second // proxies give up on a silent connection after 55 s or more
	writeGrace = 10 * time.Second // how long a line may take to be sent before the reader counts as gone
)

// events is a stream of server-sent events by which a page hears within
// milliseconds that its session has ended or changed. An event carries no
// data and proves nothing: it has the page ask GET /session, which it does now
// and then in any case. So a lost event costs time and a stale one a request.
//
// After its news the stream ends. The browser opens a new one by itself, with
// the cookie it has then, and 204 tells it not to (HTML Standard §9.2.3).
func (s *site) events(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead { // would wait for ever, for nothing
		badRequest(w, r)
		return nil
	}
	noStore(w.Header())
	result := auth.FromContext(r.Context())
	if result.State != auth.OK {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	ctx, cancel := context.WithDeadline(r.Context(), time.Now().Add(result.Session.ExpiresAt.Sub(s.Auth.Now())))
	defer cancel()
	news, err := s.Auth.Watch(ctx, result.Session)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep the events to itself
	s.stream(ctx, w, news)
	return nil
}

// stream sends heartbeats until there is news, the session's time is over, the
// reader has gone or the program is told to stop.
func (s *site) stream(ctx context.Context, w http.ResponseWriter, news <-chan struct{}) {
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // the server's own is for requests; it would cut the stream off
	// However it ends, browsers come back at different moments.
	line := fmt.Sprintf("retry: %d\n\n", 1000+rand.IntN(2000))
	for {
		out.SetWriteDeadline(time.Now().Add(writeGrace))
		if _, err := w.Write([]byte(line)); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-time.After(heartbeat):
			line = ":\n\n"
			continue
		case <-s.Stopping:
		case <-ctx.Done():
		case <-news:
			w.Write([]byte("event: session\ndata: ask\n\n"))
		}
		return
	}
}
