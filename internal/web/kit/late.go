package kit

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
)

var errLate = errors.New("the handler has not answered in its time")

// answerLate answers in the place of a handler that has not returned. The answer is whole
// for its reader, who need not wait for the handler: it has a length, and the connection
// takes no other request.
func (k *Kit) answerLate(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			k.Log.ErrorContext(r.Context(), "the answer to a late request failed", "error", v)
		}
	}()
	page := &memo{header: w.Header(), status: http.StatusOK}
	k.fail(page, r, &Error{Status: http.StatusServiceUnavailable, Err: errLate, RetryAfter: RetryOutage})
	w.Header().Set("Content-Length", strconv.Itoa(page.body.Len()))
	w.Header().Set("Connection", "close")
	w.WriteHeader(page.status)
	w.Write(page.body.Bytes()) // an error means the reader is gone
	_ = http.NewResponseController(w).Flush()
}

// memo is an answer that is kept until it is whole.
type memo struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (m *memo) Header() http.Header { return m.header }

// WriteHeader implements http.ResponseWriter.
func (m *memo) WriteHeader(status int) { m.status = status }

// Write implements http.ResponseWriter.
func (m *memo) Write(b []byte) (int, error) { return m.body.Write(b) }
