package httpwriter

import (
	"bufio"
	"net"
	"net/http"
)

// Watcher sees an answer on its way. Its methods are called by the handler, from whatever
// goroutine that writes.
type Watcher interface {
	// Header is what the handler gets as the answer's headers.
	Header() http.Header
	// Before is called before each part of the answer goes out: with the status of a
	// WriteHeader, which may be informational, and with 200 for a part of the body. An error
	// keeps that part back, and the handler gets it.
	Before(status int) error
	// Sent is called with the bytes of the body that have gone out.
	Sent(bytes int64)
	// Hijack is called when the handler wants to take the connection over. take does that.
	Hijack(take func() error) error
}

func hijack(watcher Watcher, next func() (net.Conn, *bufio.ReadWriter, error)) (conn net.Conn, buffered *bufio.ReadWriter, err error) {
	err = watcher.Hijack(func() (err error) {
		conn, buffered, err = next()
		return err
	})
	return conn, buffered, err
}
