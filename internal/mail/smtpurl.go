package mail

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Server is where mail is handed over, and how.
type Server struct {
	Host     string
	Port     int
	User     string // "" = the server asks for no password
	Password string
	TLS      TLS
}

// TLS is how the connection is encrypted.
type TLS string

// TLSStartTLS is for port 587: nothing is said before the server has turned to TLS, with
// a certificate for its name. TLSImplicit is TLS from the first byte, port 465 (RFC 8314).
// TLSMaybe takes what the server has and any certificate: for a server on this machine.
// TLSNone is for a network that nobody else is in.
const (
	TLSStartTLS TLS = "starttls"
	TLSImplicit TLS = "implicit"
	TLSMaybe    TLS = "maybe"
	TLSNone     TLS = "none"
)

const serverForms = "allowed: smtp://user:password@host:587 or smtps://user:password@host:465, with special characters of the password percent-encoded"

// ParseServer reads an address such as smtp://user:password@host:587. What is wrong with
// it is said without any part of it: it holds a password. ?tls=starttls or ?tls=none
// says how smtp:// is encrypted; the default is starttls, and maybe on this machine.
func ParseServer(address string) (Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Server{}, errors.New("cannot be read; " + serverForms)
	}
	s := Server{Host: u.Hostname(), User: u.User.Username(), TLS: TLSStartTLS, Port: 587}
	s.Password, _ = u.User.Password()
	switch {
	case u.Scheme == "smtps":
		s.TLS, s.Port = TLSImplicit, 465
	case u.Scheme != "smtp":
		return Server{}, errors.New("does not start with smtp:// or smtps://; " + serverForms)
	case s.OnThisMachine():
		s.TLS = TLSMaybe
	}
	switch {
	case s.Host == "":
		return Server{}, errors.New("names no host; " + serverForms)
	case u.Path != "" && u.Path != "/" || strings.Contains(address, "#"):
		return Server{}, errors.New("has something behind the host; " + serverForms)
	case (s.User == "") != (s.Password == ""):
		return Server{}, errors.New("has a user or a password and not both; " + serverForms)
	}
	if err := s.port(u); err != nil {
		return Server{}, err
	}
	return s, s.parameters(u)
}

func (s *Server) port(u *url.URL) error {
	if u.Port() == "" && !strings.HasSuffix(u.Host, ":") {
		return nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || n == 0 {
		return errors.New("has a port that is no number from 1 to 65535")
	}
	if s.Port = int(n); n == 465 && u.Scheme == "smtp" {
		return errors.New("asks for smtp:// at port 465, where servers speak TLS from the start: write smtps://")
	}
	return nil
}

func (s *Server) parameters(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("has parameters that cannot be read")
	}
	for name, values := range query {
		wanted := TLS(values[0])
		if name != "tls" || len(values) != 1 || wanted != TLSStartTLS && wanted != TLSNone || s.TLS == TLSImplicit {
			return errors.New("has a parameter that is none; allowed: ?tls=starttls or ?tls=none, behind smtp://")
		}
		s.TLS = wanted
	}
	return nil
}

// OnThisMachine reports a loopback address, from which nothing leaves for a network.
func (s *Server) OnThisMachine() bool {
	ip, err := netip.ParseAddr(s.Host)
	return s.Host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// String is the server without its password.
func (s Server) String() string {
	return net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
}

// GoString keeps the password out of %#v.
func (s Server) GoString() string { return s.String() }

// ParseSender reads who mail is from, such as "Latchkey <hello@app.example>".
func ParseSender(text string) (mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || !isAddress(a.Address) || a.Name != oneLine(a.Name) {
		return mail.Address{}, fmt.Errorf("is %q; allowed: Name <address>, such as Latchkey <hello@app.example>", text)
	}
	return *a, nil
}
