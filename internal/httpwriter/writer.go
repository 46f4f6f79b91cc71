package httpwriter

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"
)

// connection is what net/http's writer can do over HTTP/1.
type connection interface {
	http.ResponseWriter
	http.Flusher
	http.Hijacker
	io.ReaderFrom
	io.StringWriter
	FlushError() error
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
}

// writer is the wrapper of a connection: the same for nearly all requests, and so without a
// closure for each method.
type writer struct {
	connection
	watcher Watcher
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.connection }

// Header implements http.ResponseWriter.
func (w *writer) Header() http.Header { return w.watcher.Header() }

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	if w.watcher.Before(status) == nil {
		w.connection.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (n int, err error) {
	if err := w.watcher.Before(http.StatusOK); err != nil {
		return 0, err
	}
	n, err = w.connection.Write(b)
	w.watcher.Sent(int64(n))
	return n, err
}

// WriteString implements io.StringWriter.
func (w *writer) WriteString(text string) (n int, err error) {
	if err := w.watcher.Before(http.StatusOK); err != nil {
		return 0, err
	}
	n, err = w.connection.WriteString(text)
	w.watcher.Sent(int64(n))
	return n, err
}

// ReadFrom implements io.ReaderFrom.
func (w *writer) ReadFrom(from io.Reader) (n int64, err error) {
	if err := w.watcher.Before(http.StatusOK); err != nil {
		return 0, err
	}
	n, err = w.connection.ReadFrom(from)
	w.watcher.Sent(n)
	return n, err
}

// Flush implements http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *writer) FlushError() error {
	if err := w.watcher.Before(http.StatusOK); err != nil {
		return err
	}
	return w.connection.FlushError()
}

// Hijack implements http.Hijacker.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return hijack(w.watcher, w.connection.Hijack)
}
