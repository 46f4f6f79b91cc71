package mail_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	. "latchkey/internal/mail"
	"latchkey/internal/mail/mailtest"
)

func queued(to string) (Queued, Message) {
	return Queued{ID: "THEID", To: to}, Message{To: to, Subject: "Grüße", Text: "Hello.\nhttps://app.example/x?y=z\n", HTML: "<p>Hello.</p>"}
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	for _, kind := range []TLS{TLSStartTLS, TLSImplicit} {
		w := newWorld(t, nil)
		w.sink.StartTLS, w.sink.Implicit = kind == TLSStartTLS, kind == TLSImplicit
		w.sink.Start()
		q, msg := queued("ada@example.com")
		if err := w.sender().Send(t.Context(), q, msg); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		got := w.sink.Received()
		if len(got) != 1 || !got[0].Secure || got[0].From != "hello@app.example" || len(got[0].To) != 1 || got[0].To[0] != "ada@example.com" {
			t.Fatalf("%s: the server got %+v, want one mail to ada over TLS", kind, got)
		}
		for name, want := range map[string]string{
			"From": `"Latchkey" <hello@app.example>`, "To": "<ada@example.com>", "Subject": "Grüße", "Message-Id": "<THEID@app.example>", "Auto-Submitted": "auto-generated",
		} {
			if h := got[0].Header(t, name); h != want {
				t.Errorf("%s: the header %s is %q, want %q", kind, name, h, want)
			}
		}
		if got[0].Header(t, "Date") == "" {
			t.Errorf("%s: the mail has no date", kind)
		}
		if text, html := got[0].Part(t, "text/plain"), got[0].Part(t, "text/html"); text != msg.Text || html != msg.HTML {
			t.Errorf("%s: the parts are %q and %q, want what was written", kind, text, html)
		}
	}
}

func TestNothingIsSaidWithoutTLS(t *testing.T) {
	w := newWorld(t, nil)
	w.sink.StartTLS = false
	w.sink.Start()
	s := w.sender()
	s.Server.TLS = TLSStartTLS
	q, msg := queued("ada@example.com")
	if err := s.Send(t.Context(), q, msg); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("Send to a server without TLS = %v, want it refused", err)
	}
	if n := w.sink.ClearPasswords(); n != 0 || len(w.sink.Received()) != 0 {
		t.Errorf("%d passwords and %d mails went in the clear", n, len(w.sink.Received()))
	}
	s.Server.TLS = TLSMaybe // as on this machine
	if err := s.Send(t.Context(), q, msg); err != nil {
		t.Errorf("Send to a server of this machine without TLS = %v, want it taken", err)
	}
}

func TestAStrangersCertificateIsRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.sink.Start()
	s := w.sender()
	s.Roots = nil
	q, msg := queued("ada@example.com")
	if err := s.Send(t.Context(), q, msg); err == nil || len(w.sink.Received()) != 0 {
		t.Errorf("Send to a server that nobody vouches for = %v, want it refused", err)
	}
	s.Server.TLS = TLSMaybe
	if err := s.Send(t.Context(), q, msg); err != nil {
		t.Errorf("Send to a server of this machine with its own certificate = %v, want it taken", err)
	}
}

// LO-1: a server that repeats what it was told.
func TestAPasswordIsInNoError(t *testing.T) {
	w := newWorld(t, nil)
	w.sink.Start()
	s := w.sender()
	s.Server.Password = "wrong-" + password
	q, msg := queued("ada@example.com")
	err := s.Send(t.Context(), q, msg)
	if err == nil || !strings.Contains(err.Error(), "535") {
		t.Fatalf("Send with a wrong password = %v, want the server's answer", err)
	}
	if text := err.Error(); strings.Contains(text, password) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(s.Server.Password))) {
		t.Errorf("the error has the password: %s", text)
	}
	if _, ok := errors.AsType[*Failure](err); ok {
		t.Error("a wrong password is counted against the mail, want it to wait")
	}
	if err := s.Check(t.Context()); err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("Check with a wrong password = %v", err)
	}
	if err := w.sender().Check(t.Context()); err != nil {
		t.Errorf("Check = %v, want the server to let us in", err)
	}
}

func TestRefusalsAreOfTheMailOrOfTheServer(t *testing.T) {
	w := newWorld(t, nil)
	w.sink.Start()
	for _, tt := range []struct {
		verb, say          string
		failure, permanent bool
	}{
		{"RCPT", "550 5.1.1 no such user <ada@example.com>", true, true}, {"RCPT", "553 no", true, true}, {"DATA", "554 5.6.0 no", true, true}, {".", "554 5.6.0 spam", true, true},
		{"RCPT", "450 4.2.1 later", true, false}, {".", "451 4.3.0 later", true, false}, {"MAIL", "451 later", true, false},
		{"RCPT", "554 5.7.1 relay access denied", true, false}, {"MAIL", "550 5.1.0 sender rejected", true, false},
		{"MAIL", "421 4.3.2 closing", false, false}, {"MAIL", "530 5.7.0 authentication required", false, false},
	} {
		w.sink.Set(func(s *mailtest.Sink) { s.Refuse = mailtest.Refusing(tt.verb, tt.say) })
		q, msg := queued("ada@example.com")
		err := w.sender().Send(t.Context(), q, msg)
		failure, ok := errors.AsType[*Failure](err)
		if err == nil || ok != tt.failure || ok && failure.Permanent != tt.permanent {
			t.Errorf("%s answered with %q is %v (of the mail: %v), want of the mail: %v, permanent: %v", tt.verb, tt.say, err, ok, tt.failure, tt.permanent)
		}
		if err != nil && (strings.Contains(err.Error(), "ada@example.com") || !strings.Contains(err.Error(), tt.say[:3])) {
			t.Errorf("the error is %q, want the server's answer without the address", err)
		}
	}
}

// RS-6, CVE-2025-59937: the stored address is the only one that the server hears.
func TestNothingInAMailAddsAReader(t *testing.T) {
	w := newWorld(t, nil)
	w.sink.Start()
	q, msg := queued("ada@example.com")
	msg.Subject = "Hello\r\nBcc: eve@example.com\r\n\r\n<script>"
	msg.Text = "Hi\r\n.\r\nMAIL FROM:<eve@example.com>\r\nRCPT TO:<eve@example.com>\r\n"
	if err := w.sender().Send(t.Context(), q, msg); err != nil {
		t.Fatal(err)
	}
	got := w.sink.Received()
	if len(got) != 1 || len(got[0].To) != 1 || got[0].To[0] != "ada@example.com" || got[0].Header(t, "Bcc") != "" {
		t.Errorf("the server got %+v, want one mail to one reader", got)
	}
	if subject := got[0].Header(t, "Subject"); subject != "Hello Bcc: eve@example.com <script>" {
		t.Errorf("the subject is %q, want one line", subject)
	}
	for _, to := range []string{"ada@example.com\r\nRCPT TO:<eve@example.com>", `"a> eve"@example.com`, "ada@example.com,eve@example.com"} {
		q, msg := queued(to)
		if err := w.sender().Send(t.Context(), q, msg); err == nil {
			t.Errorf("Send to %q is taken", to)
		}
	}
	if n := len(w.sink.Received()); n != 1 {
		t.Errorf("the server got %d mails, want none to what is no address", n)
	}
}
