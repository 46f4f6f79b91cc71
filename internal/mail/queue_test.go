package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func sealer(t *testing.T) Sealer {
	t.Helper()
	s, err := authjs.NewSealer("mail", "a secret of thirty-two bytes, or more")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatWaitsCannotBeReadInTheDatabase(t *testing.T) {
	s := New(Config{Sealer: sealer(t), Now: func() time.Time { return noon }})
	msg := Message{To: "ada@example.com", Subject: "Sign in", Text: "https://app.example/signin/link/open?token=abc", HTML: `<a href="x">`}
	q, err := s.Queue(msg)
	if err != nil {
		t.Fatal(err)
	}
	if q.ID == "" || q.To != msg.To || !q.At.Equal(noon) || !q.NextTry.IsZero() || strings.Contains(q.Sealed, "token") {
		t.Errorf("Queue = %+v, want the mail sealed, never to be sent", q)
	}
	if got, err := open(s.cfg.Sealer, q); err != nil || got != msg {
		t.Errorf("open = %+v, %v, want the message", got, err)
	}
	again, err := s.Queue(msg)
	if err != nil || again.ID == q.ID {
		t.Errorf("two mails have the id %q", q.ID)
	}
	again.Sealed = q.Sealed
	if _, err := open(s.cfg.Sealer, again); err == nil {
		t.Error("the content of one mail opens in another's row, want it refused")
	}
	q.To = "eve@example.com"
	if _, err := open(s.cfg.Sealer, q); err == nil {
		t.Error("the content opens for another reader, want it refused")
	}
}

// RS-6: what a mail server would read as another header, reader or command.
func TestOnlyOnePlainAddressIsQueued(t *testing.T) {
	s := New(Config{Sealer: sealer(t)})
	for _, to := range []string{
		"", "ada", "@example.com", "ada@", "ada@example.com\r\nBcc: eve@example.com", "ada@example.com\n", "ada@example.com,eve@example.com", "ada@example.com eve@example.com",
		"Ada <ada@example.com>", `"ada@evil"@example.com`, "ada@evil@example.com", "ada@example.com;", "ada(x)@example.com", "ada@[127.0.0.1]", "ada@exämple.com", "ada@example.com\x00", strings.Repeat("a", 250) + "@example.com",
	} {
		if _, err := s.Queue(Message{To: to, Subject: "s", Text: "t"}); !errors.Is(err, ErrAddress) {
			t.Errorf("Queue to %q = %v, want ErrAddress", to, err)
		}
	}
	for _, to := range []string{"ada@example.com", "o'brien+x@xn--mnchen-3ya.example", "a.b!#$%&'*+/=?^_{|}~`-@localhost"} {
		if _, err := s.Queue(Message{To: to, Subject: "s", Text: "t"}); err != nil {
			t.Errorf("Queue to %q = %v, want it taken", to, err)
		}
	}
}

func TestASubjectIsOneLine(t *testing.T) {
	s := New(Config{Sealer: sealer(t)})
	q, err := s.Queue(Message{To: "ada@example.com", Subject: "Hello\r\nBcc: eve@example.com\u2028\x00  there", Text: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := open(s.cfg.Sealer, q); err != nil || got.Subject != "Hello Bcc: eve@example.com there" {
		t.Errorf("the subject is %q, %v, want one line", got.Subject, err)
	}
}

func TestAMailThatDoesNotFitIsRefused(t *testing.T) {
	s := New(Config{Sealer: sealer(t)})
	if _, err := s.Queue(Message{To: "ada@example.com", Subject: "s", Text: strings.Repeat("x", 20_000)}); !errors.Is(err, authjs.ErrTooLarge) {
		t.Errorf("Queue of 20 kB = %v, want ErrTooLarge", err)
	}
}
