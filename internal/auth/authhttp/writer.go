package authhttp

import (
	"net/http"

	"latchkey/internal/httpwriter"
)

// cookieWriter writes the session cookie, and what AtHeaders was given, just
// before the headers go out.
type cookieWriter struct {
	http.ResponseWriter          // what is below
	request             *request // nil once the headers are out, or the connection is the handler's
}

func (c *cookieWriter) wrap() http.ResponseWriter { return httpwriter.Wrap(c.ResponseWriter, c) }

// Before completes the headers, once. Informational answers come before the headers; 101,
// by which a WebSocket begins, is the answer itself (RFC 9110 §15.2).
func (c *cookieWriter) Before(status int) error {
	if c.request == nil || status < 200 && status != http.StatusSwitchingProtocols {
		return nil
	}
	r := c.request
	c.request = nil
	r.writeCookie(c.Header())
	for _, f := range r.headers {
		f(c.Header())
	}
	return nil
}

// Sent implements httpwriter.Watcher.
func (c *cookieWriter) Sent(int64) {}

// Hijack implements httpwriter.Watcher.
func (c *cookieWriter) Hijack(take func() error) error {
	err := take()
	if err == nil {
		c.request = nil
	}
	return err
}
