package main

import (
	"fmt"
	"strings"
	"testing"

	"latchkey/internal/mail"
	"latchkey/internal/web"
)

func TestMailServers(t *testing.T) {
	for url, want := range map[string]mail.Server{
		"smtp://ada:p%40ss%2Fword@mail.example": {Host: "mail.example", Port: 587, User: "ada", Password: "p@ss/word", TLS: mail.TLSStartTLS},
		"smtp://ada%40x:p@mail.example:2525/":   {Host: "mail.example", Port: 2525, User: "ada@x", Password: "p", TLS: mail.TLSStartTLS},
		"smtps://ada:p@mail.example":            {Host: "mail.example", Port: 465, User: "ada", Password: "p", TLS: mail.TLSImplicit},
		"smtp://localhost:1025":                 {Host: "localhost", Port: 1025, TLS: mail.TLSMaybe},
		"smtp://[::1]:1025":                     {Host: "::1", Port: 1025, TLS: mail.TLSMaybe},
		"smtp://127.0.0.1:25?tls=starttls":      {Host: "127.0.0.1", Port: 25, TLS: mail.TLSStartTLS},
		"smtp://mailpit:1025?tls=none":          {Host: "mailpit", Port: 1025, TLS: mail.TLSNone},
		"smtp://localhost.evil.example":         {Host: "localhost.evil.example", Port: 587, TLS: mail.TLSStartTLS},
	} {
		got, err := load(env("SMTP_URL", url, "MAIL_FROM", "a@b.example"))
		if err != nil || *got.smtp != want {
			t.Errorf("SMTP_URL %q is %+v, %v, want %+v", url, got.smtp, err, want)
		}
	}
}

func TestBadMailServersAreSaidWithoutTheirPassword(t *testing.T) { // CF-1
	for url, want := range map[string]string{
		"u:hunter2@h": "smtp://", "mail://u:hunter2@h": "smtp://", "smtp://u:hunter2@": "no host", "smtp://u:hunter2@h:0": "port", "smtp://u:hunter2@h:99999": "port", "smtp://u:hunter2@h:": "port",
		"smtp://u:hunter2@h:x": "cannot be read", "smtp://u:hunter2%zz@h": "cannot be read", "smtp://u:hunter2@h:465": "smtps://", "smtp://u:hunter2@h/path": "behind the host", "smtp://u:hunter2#x@h": "",
		"smtp://hunter2@h": "not both", "smtp://:hunter2@h": "not both", "smtp://u:hunter2@h?tls=maybe": "parameter", "smtp://u:hunter2@h?ssl=1": "parameter", "smtps://u:hunter2@h?tls=none": "parameter", "smtp://u:hunter2@h?tls=none&tls=starttls": "parameter",
	} {
		_, err := load(env("SMTP_URL", url, "MAIL_FROM", "a@b.example"))
		if err == nil || !strings.Contains(err.Error(), "SMTP_URL ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("SMTP_URL %q: %v, want %q and no password", url, err, want)
		}
	}
	server, err := mail.ParseServer("smtp://u:hunter2@h")
	if text := fmt.Sprintf("%v %+v %#v %s", server, server, server, server); err != nil || strings.Contains(text, "hunter2") {
		t.Errorf("a server prints its password: %s", text)
	}
}

func TestSenders(t *testing.T) {
	for from, want := range map[string]string{
		"hello@app.example": "<hello@app.example>", "Latchkey <hello@app.example>": `"Latchkey" <hello@app.example>`, `"Ada, and others" <hello@app.example>`: `"Ada, and others" <hello@app.example>`,
		"Grüße <hello@app.example>": "=?utf-8?q?Gr=C3=BC=C3=9Fe?= <hello@app.example>",
	} {
		if got, err := load(env("MAIL_FROM", from)); err != nil || got.mailFrom.String() != want {
			t.Errorf("MAIL_FROM %q is %s, %v, want %s", from, got.mailFrom.String(), err, want)
		}
	}
	for _, from := range []string{"hello", "Latchkey", "a@b.example, c@d.example", "Latchkey <hello>", "a@b.example\r\nBcc: c@d.example", "<a@b.example", "\"a\r\nb\" <a@b.example>", "héllo@app.example"} {
		if _, err := load(env("MAIL_FROM", from)); err == nil || !strings.Contains(err.Error(), "MAIL_FROM ") {
			t.Errorf("MAIL_FROM %q: %v, want it refused", from, err)
		}
	}
	if _, err := load(env("SMTP_URL", "smtp://localhost")); err == nil || !strings.Contains(err.Error(), "MAIL_FROM is missing") {
		t.Errorf("SMTP_URL alone: %v, want MAIL_FROM asked for", err)
	}
}

func TestMailIsShownInDevelopmentOnly(t *testing.T) { // CF-2
	paths := []string{"/dev/ui"}
	if mailbox := web.Mailbox(); mailbox != "" {
		p := start(t, t.TempDir(), "ADDR=localhost:0")
		if status, body := fetch(t, p.url+mailbox+".json"); status != 200 || strings.TrimSpace(body) != `{"messages":[]}` {
			t.Errorf("%s.json = %d %s, want no messages", mailbox, status, body)
		}
		if !strings.Contains(p.output.String(), p.url+mailbox) {
			t.Errorf("the banner does not say where mail is shown:\n%s", p.output.String())
		}
		paths = append(paths, mailbox, mailbox+".json", mailbox+"/x", mailbox+"/x/html")
	}
	q := start(t, t.TempDir(), "ADDR=localhost:0", "APP_ENV=production", "AUTH_SECRET="+randomSecret, "BASE_URL=http://localhost:1234", "DATABASE_URL=sqlite:app.db",
		"SMTP_URL=smtp://ada:hunter2@localhost:1", "MAIL_FROM=a@b.example")
	for _, path := range paths {
		if status, _ := fetch(t, listeningOn(t, q)+path); status != 404 {
			t.Errorf("production answers %s with %d, want 404", path, status)
		}
	}
	if text := q.output.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, "localhost:1") {
		t.Errorf("the banner has the password, or no mail server:\n%s", text)
	}
}
