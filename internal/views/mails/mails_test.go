package mails

import (
	"strings"
	"testing"
)

var site = Site{Name: "Latchkey", URL: "https://app.example"}

func message(t *testing.T, m Mail) (text, html string) {
	t.Helper()
	msg, err := site.Message("ada@example.com", m)
	if err != nil {
		t.Fatal(err)
	}
	return msg.Text, msg.HTML
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	text, html := message(t, Mail{
		Subject: "Verify your address", Paragraphs: []string{"First words.", "Second words."},
		Action: Action{"Verify this address", "https://app.example/verify?token=abc&x=1"}, Note: "If it was not you, do nothing.",
	})
	for _, want := range []string{"Verify your address", "First words.", "Second words.", "Verify this address", "If it was not you, do nothing.", "Latchkey", "https://app.example"} {
		if !strings.Contains(text, want) || !strings.Contains(html, want) {
			t.Errorf("%q is missing in the text or the HTML", want)
		}
	}
	if !strings.Contains(text, "\nhttps://app.example/verify?token=abc&x=1\n") || !strings.Contains(html, `href="https://app.example/verify?token=abc&amp;x=1"`) {
		t.Errorf("the link is not on a line of its own in the text, or not in the HTML:\n%s\n%s", text, html)
	}
	if strings.Contains(html, "<img") || strings.Contains(html, "url(") || strings.Contains(html, "<script") || strings.Contains(html, "<link") {
		t.Errorf("the HTML loads something:\n%s", html)
	}
}

func TestAMailWithoutALinkHasNoButton(t *testing.T) {
	text, html := message(t, Mail{Subject: "Your password was changed", Paragraphs: []string{"It was."}})
	if strings.Contains(html, `class="button"`) || strings.Contains(text, ":\n") {
		t.Errorf("a mail without an action has one:\n%s\n%s", text, html)
	}
}

// RS-8: what users have typed is text.
func TestTextOfUsersIsInert(t *testing.T) {
	const evil = "Eve <img src=x>\r\nBcc: all@example.com\n\nhttps://evil.example \u2028\x00"
	text, html := message(t, Mail{Subject: evil, Paragraphs: []string{evil}, Action: Action{evil, "javascript:alert(1)"}, Note: evil})
	if strings.Contains(html, "<img") || strings.Contains(html, `href="javascript:`) {
		t.Errorf("markup of a user is markup:\n%s", html)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "Bcc:") || strings.HasPrefix(line, "https://evil") {
			t.Errorf("text of a user begins the line %q", line)
		}
	}
	if msg, err := site.Message("ada@example.com", Mail{Subject: evil}); err != nil || strings.ContainsAny(msg.Subject, "\r\n\x00\u2028") {
		t.Errorf("the subject is %q, %v, want one line", msg.Subject, err)
	}
}

// The outbox takes about 10 kB, sealed.
func TestALongMailFitsIntoTheOutbox(t *testing.T) {
	long := strings.Repeat("x", 300)
	text, html := message(t, Mail{Subject: long, Paragraphs: []string{long, long, long}, Action: Action{"Verify", "https://app.example/" + long}, Note: long})
	if n := len(text) + len(html); n > 9_500 {
		t.Errorf("a mail of seven long texts has %d bytes, want at most 9,500", n)
	}
}
