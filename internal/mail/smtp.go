package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// SMTP is a Sender that hands mail to a server, each in a connection of its own.
type SMTP struct {
	Server Server
	From   netmail.Address
	Roots  *x509.CertPool // whose certificates are trusted; nil = the system's
}

var _ Sender = SMTP{}

// Send implements Sender.
func (s SMTP) Send(ctx context.Context, q Queued, msg Message) error {
	m, err := s.message(q, msg)
	if err != nil {
		return &Failure{Permanent: true, Err: err}
	}
	err = s.talk(ctx, func(c *gomail.Client) error { return c.DialAndSendWithContext(ctx, m) })
	if m.IsDelivered() { // the server has it, however the goodbye went
		return nil
	}
	return judge(s.Server, err, q.To)
}

// Check reports whether the server lets this program in. It sends nothing.
func (s SMTP) Check(ctx context.Context) error {
	err := s.talk(ctx, func(c *gomail.Client) error { return c.DialWithContext(ctx) })
	if err != nil {
		return judge(s.Server, err, "")
	}
	return nil
}

// message is what goes over the wire, to exactly the stored address. Its id is that of
// the row, so that a program knows a mail that comes twice for one.
func (s SMTP) message(q Queued, msg Message) (*gomail.Msg, error) {
	if q.To != msg.To || !isAddress(q.To) {
		return nil, ErrAddress
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&s.From)
	m.ToMailAddress(&netmail.Address{Address: q.To})
	m.Subject(oneLine(msg.Subject))
	m.SetMessageIDWithValue(q.ID + "@" + s.domain())
	m.SetDateWithValue(q.At)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no machine is to answer (RFC 3834)
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	return m, nil
}

func (s SMTP) domain() string {
	return s.From.Address[strings.LastIndexByte(s.From.Address, '@')+1:]
}

// talk has a conversation that ends with ctx, and leaves no connection behind: the
// library keeps one open where the hello or the password is refused.
func (s SMTP) talk(ctx context.Context, conversation func(*gomail.Client) error) error {
	var conn net.Conn
	dial := func(dialing context.Context, _, _ string) (net.Conn, error) {
		var err error
		if conn, err = s.dial(dialing); err == nil {
			context.AfterFunc(ctx, func() { conn.Close() })
		}
		return conn, err
	}
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	client, err := gomail.NewClient(s.Server.Host, s.options(dial)...)
	if err != nil {
		return err
	}
	return conversation(client)
}

func (s SMTP) dial(ctx context.Context) (net.Conn, error) {
	if s.Server.TLS == TLSImplicit {
		return (&tls.Dialer{Config: s.tls()}).DialContext(ctx, "tcp", s.Server.String())
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", s.Server.String())
}

func (s SMTP) tls() *tls.Config {
	return &tls.Config{
		ServerName: s.Server.Host, MinVersion: tls.VersionTLS12, RootCAs: s.Roots,
		// On this machine mail may go in the clear: any certificate is no worse.
		InsecureSkipVerify: s.Server.TLS == TLSMaybe,
	}
}

// policies of the library; not named = STARTTLS or nothing.
var policies = map[TLS]gomail.TLSPolicy{TLSMaybe: gomail.TLSOpportunistic, TLSNone: gomail.NoTLS}

func (s SMTP) options(dial gomail.DialContextFunc) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.Server.Port), gomail.WithTimeout(sendTimeout), gomail.WithDialContextFunc(dial), gomail.WithHELO(s.domain()),
		gomail.WithTLSConfig(s.tls()), gomail.WithTLSPolicy(policies[s.Server.TLS]), gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithoutSMTPUTF8(),
	}
	if s.Server.TLS == TLSImplicit {
		options = append(options, gomail.WithSSL())
	}
	if s.Server.User == "" {
		return options
	}
	mechanisms := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}
	if s.Server.TLS == TLSMaybe || s.Server.TLS == TLSNone { // the library would send no password in the clear
		mechanisms = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	}
	return append(options, gomail.WithUsername(s.Server.User), gomail.WithPassword(s.Server.Password), gomail.WithOpportunisticSMTPAuth(mechanisms...))
}
