package webtest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Stream is a browser that holds an event stream open.
type Stream struct {
	T        testing.TB
	Response *http.Response // its head
	lines    chan string    // closed when the stream ends as it should
	Ended    chan error     // how it ended; nil = properly
}

// Listen opens the stream, which must be accepted.
func (b *Browser) Listen() *Stream {
	b.T.Helper()
	l := b.TryListen()
	if l.Response.StatusCode != 200 || l.Response.Header.Get("Content-Type") != "text/event-stream" {
		b.T.Fatalf("GET /auth/events = %d %s, want an event stream", l.Response.StatusCode, l.Response.Header.Get("Content-Type"))
	}
	if first := l.Line(); !strings.HasPrefix(first, "retry: ") {
		b.T.Fatalf("the stream begins with %q, want retry", first)
	}
	return l
}

// TryListen opens the stream, or is refused: see the Response.
func (b *Browser) TryListen() *Stream {
	b.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.T.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, "GET", b.Site.URL+"/auth/events", nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	resp, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatal(err)
	}
	l := &Stream{b.T, resp, make(chan string, 100), make(chan error, 1)}
	go func() {
		defer close(l.lines)
		for in := bufio.NewReader(resp.Body); ; {
			line, err := in.ReadString('\n')
			if line = strings.TrimSpace(line); line != "" && line != ":" {
				l.lines <- line
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				l.Ended <- err
				return
			}
		}
	}()
	return l
}

// Line is the next one that says something; "" = the stream has ended.
func (l *Stream) Line() string {
	l.T.Helper()
	select {
	case line := <-l.lines:
		return line
	case <-time.After(20 * time.Second):
		l.T.Fatal("the stream has said nothing for 20 s")
		return ""
	}
}

// Tells checks that the stream has news and then ends.
func (l *Stream) Tells(what string) {
	l.T.Helper()
	if event, data, end := l.Line(), l.Line(), l.Line(); event != "event: session" || data != "data: ask" || end != "" {
		l.T.Errorf("after %s the stream says %q %q %q, want one event and its end", what, event, data, end)
	}
}

// Quiet checks that nothing has been said.
func (l *Stream) Quiet(when string) {
	l.T.Helper()
	select {
	case line, open := <-l.lines:
		l.T.Errorf("%s the stream says %q (open: %v), want nothing", when, line, open)
	case <-time.After(50 * time.Millisecond):
	}
}

// Ends checks that the stream ends without news, and properly: a browser shows
// a broken answer as an error, and a proxy logs it.
func (l *Stream) Ends(why string) {
	l.T.Helper()
	if got := l.Line(); got != "" {
		l.T.Errorf("at %s the stream says %q, want its end", why, got)
	}
	if err := <-l.Ended; err != nil {
		l.T.Errorf("at %s the stream breaks off: %v", why, err)
	}
}
