package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"latchkey/internal/web/kit"
)

// withPages has the handler answer what net/http refuses before it asks a handler:
// an address with a bad escape, a header that is too large. By itself net/http sends
// a line of bare text, and has no place to say otherwise.
func withPages(l net.Listener, handler http.Handler) net.Listener { return pages{l, handler} }

type pages struct {
	net.Listener
	handler http.Handler
}

func (p pages) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return pagesConn{c, p.handler}, nil
}

type pagesConn struct {
	net.Conn
	handler http.Handler
}

// bareText is how net/http refuses (conn.serve), in one piece. An answer of a handler
// has a date.
var bareText = regexp.MustCompile(`^HTTP/1\.1 (4\d\d|5\d\d)[^\r\n]*\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`)

func (c pagesConn) Write(p []byte) (int, error) {
	if !isRefusal(p) { // nearly all, so the rest is for few
		return c.Conn.Write(p)
	}
	m := bareText.FindSubmatch(p)
	if m == nil {
		return c.Conn.Write(p)
	}
	status, _ := strconv.Atoi(string(m[1]))
	if err := c.page(status).Write(c.Conn); err != nil {
		return 0, err
	}
	return len(p), nil
}

// isRefusal reports an answer whose status is 4xx or 5xx.
func isRefusal(p []byte) bool {
	return bytes.HasPrefix(p, []byte("HTTP/1.1 4")) || bytes.HasPrefix(p, []byte("HTTP/1.1 5"))
}

// page is the handler's answer to a request of which nothing could be read.
func (c pagesConn) page(status int) *http.Response {
	r := (&http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: "*"}, Header: http.Header{"Sec-Fetch-Mode": {"navigate"}},
		RemoteAddr: c.RemoteAddr().String(), Body: http.NoBody,
	}).WithContext(kit.Refused(context.Background(), status))
	a := &answer{header: http.Header{}}
	c.handler.ServeHTTP(a, r)
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: a.header, Close: true,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()),
	}
}

// CloseWrite lets net/http send the end before it closes.
func (c pagesConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
func (a *answer) WriteHeader(int)             {}
