package mails

import (
	"context"
	"strings"

	"latchkey/internal/mail"
)

// Message is the mail as it goes to an address.
func (s Site) Message(to string, m Mail) (mail.Message, error) {
	m = m.flat()
	var html strings.Builder
	if err := layout(s, m).Render(context.Background(), &html); err != nil {
		return mail.Message{}, err
	}
	return mail.Message{To: to, Subject: m.Subject, Text: s.text(m), HTML: html.String()}, nil
}
