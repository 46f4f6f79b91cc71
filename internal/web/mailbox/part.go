// Package mailbox shows in development what the site mails, whoever it is to. To be rid
// of it, delete this folder and its lines in parts.go.
package mailbox

import (
	"embed"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/mail"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
	"latchkey/static"
)

//go:embed mailbox.css
var files embed.FS

func init() { static.Add(files) }

// Part is the mailbox in a site that runs in development. Elsewhere it does not exist.
var Part = kit.Part{Mailbox: path, Build: func(k *kit.Kit) kit.Built {
	if !k.Development || k.Mail == nil {
		return kit.Built{}
	}
	m := &mailbox{k}
	return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockAnyone: m.routes}}
}}

type mailbox struct{ *kit.Kit }

func (m *mailbox) routes(r chi.Router) {
	r.Get(path, m.Handle(m.list))
	r.Get(path+".json", m.Handle(m.json))
	r.Get(path+"/{id}", m.Handle(m.show))
	r.Get(path+"/{id}/html", m.Handle(m.html))
}

const (
	pageSize = 30
	jsonSize = 200 // mails that a program gets
	maxPage  = 1_000_000
)

// list is all mail, or that to the address in the query, newest first.
func (m *mailbox) list(w http.ResponseWriter, r *http.Request) error {
	page, _ := strconv.Atoi(r.FormValue("page"))
	page = min(max(page, 1), maxPage)
	to := recipient(r)
	mails, err := m.Mail.List(r.Context(), to, pageSize+1, (page-1)*pageSize)
	if err != nil {
		return err
	}
	model := listModel{To: to, Mails: mails[:min(pageSize, len(mails))]}
	if page > 1 {
		model.Newer = pageAddress(to, page-1)
	}
	if len(mails) > pageSize {
		model.Older = pageAddress(to, page+1)
	}
	return m.Render(w, r, http.StatusOK, list(m.page(r), model))
}

// recipient is the address that the reader asks for, as it is stored; "" = any.
func recipient(r *http.Request) string {
	to := r.FormValue("to")
	if email, ok := accounts.CanonicalEmail(to); ok {
		return email
	}
	return to
}

// message is a mail on the wire.
type message struct {
	ID      string    `json:"id"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	At      time.Time `json:"at"`
}

// json is the same for programs, such as tests of a project.
func (m *mailbox) json(w http.ResponseWriter, r *http.Request) error {
	mails, err := m.Mail.List(r.Context(), recipient(r), jsonSize, 0)
	if err != nil {
		return err
	}
	messages := []message{}
	for _, s := range mails {
		messages = append(messages, message{s.ID, s.To, s.Subject, s.Text, s.HTML, s.At})
	}
	kit.NoStore(w.Header())
	return kit.WriteJSON(w, http.StatusOK, map[string][]message{"messages": messages})
}

func (m *mailbox) find(r *http.Request) (mail.Shown, error) {
	found, err := m.Mail.Find(r.Context(), chi.URLParam(r, "id"))
	if errors.Is(err, mail.ErrNoMail) {
		return mail.Shown{}, auth.ErrNotFound
	}
	return found, err
}

func (m *mailbox) show(w http.ResponseWriter, r *http.Request) error {
	found, err := m.find(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
	return m.Render(w, r, http.StatusOK, show(m.page(r), found))
}

// page counts from the clock by which mail is written.
func (m *mailbox) page(r *http.Request) views.Page {
	p := m.Page(r)
	p.Now = m.Auth.Now()
	return p
}

// html is the HTML of a mail by itself, for the frame of its page. It runs no script,
// loads nothing, and is of an origin of its own; a link opens in a new tab.
func (m *mailbox) html(w http.ResponseWriter, r *http.Request) error {
	found, err := m.find(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", "text/html; charset=utf-8")
	kit.Private(h)
	w.Write([]byte(found.HTML)) // an error means the reader is gone
	return nil
}
