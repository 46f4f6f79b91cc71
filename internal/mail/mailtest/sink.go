package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"latchkey/internal/mail"
)

// Sink is a mail server that keeps what it gets. Set its fields before Start, and the
// second half of them later through Set.
type Sink struct {
	StartTLS bool   // offers it
	Implicit bool   // speaks TLS from the first byte
	User     string // whom it lets in; "" = everybody
	Password string

	Delay  time.Duration                      // before it takes a mail
	Late   time.Duration                      // after it has taken a mail, before it says so
	Refuse func(verb, to string) (say string) // its answer to AUTH, MAIL, RCPT, DATA (the content, "."); "" = it does as it is told

	HangUp bool // closes the connection once it has taken a mail

	t         *testing.T
	mu        sync.Mutex
	address   string // once started, also after a restart
	listener  net.Listener
	conns     map[net.Conn]bool
	stopped   chan struct{} // closed by Stop
	received  []Received
	passwords int // that were sent in the clear
	cert      tls.Certificate
	roots     *x509.CertPool
	serving   sync.WaitGroup
}

// Stop is as sudden as a crash: conversations are cut off.
func (s *Sink) Stop() {
	s.mu.Lock()
	if s.listener != nil {
		s.listener.Close()
		close(s.stopped)
		s.listener = nil
	}
	for conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// Set changes what the server does from now on.
func (s *Sink) Set(change func(*Sink)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Server is the address as the program has it, with TLS and a certificate checked where
// the server has any.
func (s *Sink) Server() mail.Server {
	host, port, _ := net.SplitHostPort(s.address)
	n, _ := strconv.Atoi(port)
	server := mail.Server{Host: host, Port: n, User: s.User, Password: s.Password, TLS: mail.TLSNone}
	switch {
	case s.Implicit:
		server.TLS = mail.TLSImplicit
	case s.StartTLS:
		server.TLS = mail.TLSStartTLS
	}
	return server
}

// URL is the address as SMTP_URL has it.
func (s *Sink) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.address}
	if s.User != "" {
		u.User = url.UserPassword(s.User, s.Password)
	}
	return u.String()
}

// Roots trust the server's certificate.
func (s *Sink) Roots() *x509.CertPool { return s.roots }

// PEM is the server's certificate, as SSL_CERT_FILE takes it.
func (s *Sink) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cert.Certificate[0]})
}

// Received is all mail so far, oldest first.
func (s *Sink) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

// Wait waits for that many mails in all, for 20 s.
func (s *Sink) Wait(n int) []Received {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if got := s.Received(); len(got) >= n {
			return got
		}
	}
	s.t.Fatalf("the mail server got %d mails, want %d", len(s.Received()), n)
	return nil
}

// ClearPasswords is how many passwords were sent without TLS.
func (s *Sink) ClearPasswords() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passwords
}

// Talking is how many connections are open.
func (s *Sink) Talking() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

func (s *Sink) refusal(verb, to string) string {
	s.mu.Lock()
	refuse := s.Refuse
	s.mu.Unlock()
	if refuse == nil {
		return ""
	}
	return refuse(verb, to)
}

func (s *Sink) keep(r Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, r)
}

// Refusing is a Refuse that answers one verb.
func Refusing(verb, say string) func(string, string) string {
	return func(v, _ string) string {
		if v == verb {
			return say
		}
		return ""
	}
}
