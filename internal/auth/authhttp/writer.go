package authhttp

import "net/http"

// Before implements httpwriter.Watcher: it writes the session cookie, and what AtHeaders was
// given, just before the headers go out. Informational answers come before the headers; 101,
// by which a WebSocket begins, is the answer itself (RFC 9110 §15.2).
func (r *request) Before(status int) error {
	if r.sent || status < 200 && status != http.StatusSwitchingProtocols {
		return nil
	}
	r.sent = true
	r.writeCookie(r.Header())
	for _, f := range r.headers {
		f(r.Header())
	}
	return nil
}

// Sent implements httpwriter.Watcher.
func (r *request) Sent(int64) {}

// Hijack implements httpwriter.Watcher.
func (r *request) Hijack(take func() error) error {
	err := take()
	r.sent = r.sent || err == nil
	return err
}
