package web

import (
	"latchkey/internal/accounts"
	"latchkey/internal/mail"
	"latchkey/internal/views/mails"
)

// Post makes mail in the look of the site of what the accounts have to say.
type Post struct {
	Site mails.Site
	Mail *mail.Service
}

var _ accounts.Mailer = Post{}

// Queue implements accounts.Mailer.
func (p Post) Queue(to string, w accounts.Words) (mail.Queued, error) {
	m, err := p.Site.Message(to, mails.Mail{
		Subject: w.Subject, Paragraphs: w.Text, Action: mails.Action{Text: w.Action, Href: w.Link}, Note: w.Note,
	})
	if err != nil {
		return mail.Queued{}, err
	}
	return p.Mail.Queue(m)
}
