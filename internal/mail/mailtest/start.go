package mailtest

import (
	"net"
	"testing"
)

// NewSink returns a server that has not been started, and is stopped after the test.
func NewSink(t *testing.T) *Sink {
	t.Helper()
	s := &Sink{t: t, conns: map[net.Conn]bool{}}
	s.cert, s.roots = certificate(t)
	t.Cleanup(s.Stop)
	return s
}

// Start listens, at the same address as before.
func (s *Sink) Start() *Sink {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	address := s.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.listener, s.address, s.stopped = listener, listener.Addr().String(), make(chan struct{})
	s.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[conn] = true
			s.mu.Unlock()
			s.serving.Go(func() { s.serve(conn) })
		}
	})
	return s
}
