package main

import (
	"cmp"
	"log/slog"
	netmail "net/mail"
	"strings"

	"latchkey/internal/authjs"
	"latchkey/internal/mail"
	"latchkey/internal/web"
)

// mailServer is never repeated in an error: it holds a password. nil = there is none, and
// development shows mail in its mailbox.
func (l *loader) mailServer(name string, production bool) *mail.Server {
	v := l.value(name)
	if v == "" {
		if production {
			l.bad(name, "is missing; production sends mail: smtp://user:password@host:587 or smtps://user:password@host:465")
		}
		return nil
	}
	server, err := mail.ParseServer(v)
	switch {
	case err != nil:
		l.bad(name, "%v", err)
	case production && server.TLS == mail.TLSNone && !server.OnThisMachine():
		l.bad(name, "lets mail go over a network without TLS, which production does not: leave out tls=none")
	}
	return &server
}

// mailFrom is who mail is from. It is needed where mail is sent.
func (l *loader) mailFrom(name string, needed bool) netmail.Address {
	v := l.value(name)
	if v == "" {
		if needed {
			l.bad(name, "is missing; mail is from somebody: Name <address>, such as Latchkey <hello@app.example>")
		}
		return netmail.Address{}
	}
	from, err := mail.ParseSender(v)
	if err != nil {
		l.bad(name, "%v", err)
	}
	return from
}

// newMail is the way of mail out. Its links sign people in, so what waits is encrypted.
func newMail(cfg config, store mail.Store, log *slog.Logger) (*mail.Service, error) {
	sealer, err := authjs.NewSealer("latchkey.mail", cfg.secrets...)
	if err != nil {
		return nil, err
	}
	m := mail.Config{Store: store, Sealer: sealer, Keep: !cfg.production, Log: log}
	if cfg.smtp != nil {
		m.Sender = mail.SMTP{Server: *cfg.smtp, From: cfg.mailFrom}
	}
	return mail.New(m), nil
}

// mailWords say in the banner what becomes of mail.
func mailWords(cfg config) string {
	var words []string
	if cfg.smtp != nil {
		words = append(words, "sent through "+cfg.smtp.String())
	}
	if path := web.Mailbox(); path != "" && !cfg.production {
		words = append(words, "shown at "+cfg.baseURL+path)
	}
	if cfg.smtp == nil {
		return cmp.Or(strings.Join(words, ""), "not sent") + " (SMTP_URL)"
	}
	return strings.Join(words, ", and ")
}
