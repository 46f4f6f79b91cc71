package bench

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"
)

// answer is a http.ResponseWriter that can be used again, so that a benchmark counts the
// allocations of the site alone.
type answer struct {
	connection
	header http.Header
	status int
	body   []byte
}

// connection is what net/http's writer can do over HTTP/1 and no page here asks of it, so it
// is nil. Middleware asks whether a writer has it, and takes another way where it has not.
type connection interface {
	http.Flusher
	http.Hijacker
	io.ReaderFrom
	FlushError() error
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (a *answer) WriteString(text string) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, text...)
	return len(text), nil
}

// serve has a handler answer a request, in place of the last answer.
func (a *answer) serve(h http.Handler, r *http.Request) {
	if a.header == nil {
		a.header = http.Header{}
	}
	clear(a.header)
	a.status, a.body = 0, a.body[:0]
	h.ServeHTTP(a, r)
}

// want is what an answer must be.
type want struct {
	status int
	text   string // somewhere in its body; "" = anything
}

func (a *answer) check(b *testing.B, r *http.Request, w want) {
	b.Helper()
	if a.status != w.status || !bytes.Contains(a.body, []byte(w.text)) {
		b.Fatalf("%s %s = %d, want %d with %q: %.400s", r.Method, r.URL.Path, a.status, w.status, w.text, a.body)
	}
}

// measure sends the requests that next makes, one at a time. Every answer must have the
// status that is wanted, the first two and the last its text as well. The second is asked
// for its round trips to the database: the first may have filled a cache.
func (s *site) measure(b *testing.B, h http.Handler, w want, next func() *http.Request) {
	b.Helper()
	var a answer
	for range 2 {
		r := next()
		s.asked.Store(0)
		s.counting.Store(true)
		a.serve(h, r)
		s.counting.Store(false)
		a.check(b, r, w)
	}
	b.ReportAllocs()
	r := next()
	for b.Loop() {
		a.serve(h, r)
		if a.status != w.status {
			a.check(b, r, w)
		}
		r = next()
	}
	a.check(b, r, w)
	b.ReportMetric(float64(s.asked.Load()), "roundtrips/op")
}
