package kit

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"time"
)

// The largest request bodies, in bytes.
const (
	SmallForm = 8 << 10  // of forms with a few short fields, which anyone may send
	MaxBody   = 64 << 10 // of any other form
)

// Bounded bounds what a request may take: so many bytes of body (more is a 413)
// and so much time (then it is a 503, whatever the handler does). A time of 0 is
// any. Inside another Bounded it stands in the place of that one, so that a single
// route can lift both:
//
//	r.With(k.Bounded(50<<20, 5*time.Minute)).Post("/pictures", k.Handle(pictures.upload))
//
// A request that may change something is carried out once it has been read whole,
// though its sender has gone: a user who signs out and closes the tab is signed
// out. A form is carried out once, however often it is sent. Text that no database
// takes is a 422.
func (k *Kit) Bounded(maxBody int64, maxTime time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		first := k.textOnly(k.answers.once(k, next))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b := boundsOf(r.Context()); b != nil {
				if b.apply(r, maxBody) { // the block around could not read it
					b.serve(w, r, maxBody, maxTime, first)
				} else {
					b.serve(w, r, maxBody, maxTime, next)
				}
				return
			}
			b := &bounds{client: r.Context(), body: r.Body, guard: newGuard(w)}
			b.late = time.AfterFunc(time.Hour, func() { b.guard.take(func() { k.answerLate(w, r) }) })
			defer b.late.Stop()
			defer b.guard.end()
			inner := r.WithContext(context.WithValue(r.Context(), boundsKey{}, b))
			b.apply(inner, maxBody)
			b.serve(b.guard.writer(), inner, maxBody, maxTime, first)
			b.guard.finish()
		})
	}
}

// bounds are what one request may take, by the innermost Bounded.
type bounds struct {
	client context.Context // ends when the client gives up
	body   io.ReadCloser   // what is still to be read
	read   []byte          // what has been read of it
	whole  bool            // that is all of it
	inside bool            // one Bounded has bounded the time
	late   *time.Timer     // goes off when the handler loses the answer
	guard  *guard
}

type boundsKey struct{}

// boundsOf is nil outside of Bounded.
func boundsOf(ctx context.Context) *bounds {
	b, _ := ctx.Value(boundsKey{}).(*bounds)
	return b
}

func (b *bounds) serve(w http.ResponseWriter, r *http.Request, maxBody int64, maxTime time.Duration, next http.Handler) {
	ctx, cancel := b.within(r.Context(), maxTime)
	defer cancel()
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, b, maxBody)
	if b.whole {
		r.Body = http.MaxBytesReader(w, io.NopCloser(bytes.NewReader(b.read)), maxBody)
	}
	next.ServeHTTP(w, r)
}

// within is the context of a handler that has so much time from now on, whatever time the
// block around it has. It ends when the client gives up, unless the request is whole.
func (b *bounds) within(ctx context.Context, maxTime time.Duration) (context.Context, context.CancelFunc) {
	free := b.inside || b.whole
	if free {
		ctx = context.WithoutCancel(ctx)
	}
	var cancel context.CancelFunc
	if maxTime > 0 {
		ctx, cancel = context.WithTimeout(ctx, maxTime)
		b.late.Reset(maxTime + grace)
	} else {
		ctx, cancel = context.WithCancel(ctx)
		b.late.Stop()
	}
	if b.whole || !free {
		b.inside = true
		return ctx, cancel
	}
	stop := context.AfterFunc(b.client, cancel)
	return ctx, func() { stop(); cancel() }
}

// apply reads a body before anything is done about the request, if it is a form or
// small, and reports whether it has now read all of it. Other bodies are for their
// handlers to read.
func (b *bounds) apply(r *http.Request, most int64) bool {
	if b.whole || isSafe(r.Method) || !isForm(r) && (r.ContentLength < 0 || r.ContentLength > most) {
		return false
	}
	text, err := io.ReadAll(io.LimitReader(b.body, most+1))
	b.read = text
	if b.whole = err == nil && int64(len(text)) <= most; !b.whole {
		b.body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(text), failing{err}, b.body), b.body}
	}
	return b.whole
}

// failing is the place in a body where reading it failed; nil = it did not.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// Read implements io.Reader.
func (b *bounds) Read(p []byte) (int, error) { return b.body.Read(p) }

// Close implements io.Closer.
func (b *bounds) Close() error { return b.body.Close() }

// isSafe reports a method that changes nothing (RFC 9110 §9.2.1).
func isSafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

func isForm(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/x-www-form-urlencoded"
}
