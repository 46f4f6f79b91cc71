package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

const (
	heartbeat  = 20 * time.Second // proxies give up on a silent connection after 55 s or more
	writeGrace = 10 * time.Second // how long a line may take to be sent before the reader counts as gone
)

// events are what an open tab is told.
type events struct {
	*kit.Kit
	stopping <-chan struct{} // closed when the program is told to stop; nil = never
}

// stream is a stream of server-sent events by which a page hears within
// milliseconds that its session has ended or changed. An event carries no
// data and proves nothing: it has the page ask GET /session, which it does now
// and then in any case. So a lost event costs time and a stale one a request.
//
// After its news the stream ends. The browser opens a new one by itself, with
// the cookie it has then, and 204 tells it not to (HTML Standard §9.2.3).
func (e events) stream(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead { // would wait for ever, for nothing
		return &kit.Error{Status: http.StatusBadRequest}
	}
	kit.NoStore(w.Header())
	result := authhttp.FromContext(r.Context())
	if result.State != auth.StateOK {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	ctx, cancel := context.WithDeadline(r.Context(), time.Now().Add(result.Session.ExpiresAt.Sub(e.Auth.Now())))
	defer cancel()
	news, err := e.Auth.Watch(ctx, result.Session)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep the events to itself
	stream{out: w, every: heartbeat, grace: writeGrace}.run(ctx, news, e.stopping)
	return nil
}

// stream is the open answer of one request.
type stream struct {
	out   http.ResponseWriter
	every time.Duration // between two heartbeats
	grace time.Duration // for each write
}

// run sends heartbeats until there is news, the session's time is over, the
// reader has gone or the program is told to stop.
func (s stream) run(ctx context.Context, news, stopping <-chan struct{}) {
	// However it ends, browsers come back at different moments.
	err := s.send(fmt.Sprintf("retry: %d\n\n", 1000+rand.IntN(2000)))
	for err == nil {
		select {
		case <-time.After(s.every):
			err = s.send(":\n\n")
			continue
		case <-news:
			s.send("event: session\ndata: ask\n\n")
		case <-stopping:
			s.send(":\n\n") // leaves time to end the answer properly
		case <-ctx.Done():
			s.send(":\n\n")
		}
		return
	}
}

// send gives each write its own time, counted from now: the last deadline may
// have passed in silence.
func (s stream) send(text string) error {
	out := http.NewResponseController(s.out)
	out.SetWriteDeadline(time.Now().Add(s.grace))
	if _, err := s.out.Write([]byte(text)); err != nil {
		return err
	}
	return out.Flush()
}
