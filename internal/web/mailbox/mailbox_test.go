package mailbox_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/views/mails"
	"latchkey/internal/web/mailbox"
	"latchkey/internal/web/webtest"
)

var verify = mails.Mail{
	Subject: "Verify your email address", Paragraphs: []string{"Somebody has signed up at Latchkey with this address.", "If that was you, say so within a day."},
	Action: mails.Action{Text: "Verify this address", Href: "https://app.example/verify?token=abc&x=1"}, Note: "If it was not you, do nothing: the account is of no use to anybody.",
}

func inDevelopment(s *webtest.Site) {
	s.Web.Development = true
	s.Deploy()
}

// send has the site write a mail a second after the one before.
func send(t testing.TB, s *webtest.Site, to string, m mails.Mail) {
	t.Helper()
	s.Wait(time.Second)
	msg, err := mails.Site{Name: "Latchkey", URL: s.URL}.Message(to, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Mail.Send(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
}

type answer struct {
	Messages []struct {
		ID, To, Subject, Text, HTML string
		At                          time.Time
	}
}

func read(t *testing.T, b *webtest.Browser, path string) (a answer) {
	t.Helper()
	got := b.Get(path)
	if err := json.Unmarshal([]byte(got.Text), &a); err != nil || got.StatusCode != 200 || a.Messages == nil {
		t.Fatalf("%s = %d %s, want messages", path, got.StatusCode, got.Text)
	}
	return a
}

func TestDevelopmentShowsMail(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		inDevelopment(s)
		b := s.Browser()
		to := webtest.Email(t)
		if a := read(t, b, "/dev/mailbox.json?to="+to); len(a.Messages) != 0 {
			t.Errorf("a new mailbox has %+v", a)
		}
		send(t, s, to, verify)
		send(t, s, to, mails.Mail{Subject: "Second <b>mail</b>", Paragraphs: []string{"Words."}})
		send(t, s, "eve-"+to, mails.Mail{Subject: "Eve's"})
		a := read(t, b, "/dev/mailbox.json?to="+strings.ToUpper(to))
		if len(a.Messages) != 2 || a.Messages[0].Subject != "Second <b>mail</b>" || a.Messages[1].Subject != verify.Subject {
			t.Fatalf("the mailbox has %+v, want two mails, newest first", a)
		}
		m := a.Messages[1]
		if m.To != to || m.ID == "" || m.At.IsZero() || !strings.Contains(m.Text, verify.Action.Href) || !strings.Contains(m.HTML, "<html") {
			t.Errorf("the mail is %+v, want all of it", m)
		}
		b.Get("/dev/mailbox").Shows(200, "Second &lt;b&gt;mail&lt;/b&gt;")
		b.Get("/dev/mailbox?to="+to).Shows(200, `href="/dev/mailbox/`+m.ID+`"`)
		b.Get("/dev/mailbox/"+m.ID).Shows(200, `<a href="https://app.example/verify?token=abc&amp;x=1">`)
		if got := b.Get("/dev/mailbox/" + m.ID + "/html"); got.Text != m.HTML || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox allow-popups") {
			t.Errorf("the HTML is not that of the mail, or may do what it likes: %s", got.Header.Get("Content-Security-Policy"))
		}
		b.Get("/dev/mailbox/none").Shows(404, "not found")
		b.Get("/dev/mailbox/none/html").Shows(404, "not found")
	})
}

func TestAMailboxHasPages(t *testing.T) {
	s := webtest.OnMemory(t)
	inDevelopment(s)
	for i := range 31 {
		send(t, s, "ada@example.com", mails.Mail{Subject: fmt.Sprintf("Mail %02d", i)})
	}
	b := s.Browser()
	if first := b.Get("/dev/mailbox").Shows(200, "Mail 30"); strings.Contains(first.Text, "Mail 00") || !strings.Contains(first.Text, "?page=2") || strings.Contains(first.Text, "Newer") {
		t.Error("the first page has the oldest mail, or does not lead to it")
	}
	if second := b.Get("/dev/mailbox?page=2").Shows(200, "Mail 00"); strings.Contains(second.Text, "Older") || !strings.Contains(second.Text, "?page=1") {
		t.Error("the second page does not lead back, or on to nothing")
	}
	for _, odd := range []string{"0", "-1", "x", "99999999999999999999", "1000000"} {
		if got := b.Get("/dev/mailbox?page=" + odd); got.StatusCode != 200 {
			t.Errorf("page %s is %d, want 200", odd, got.StatusCode)
		}
	}
}

func TestThereIsNoMailboxOutsideDevelopment(t *testing.T) { // CF-2
	s := webtest.OnMemory(t)
	send(t, s, "ada@example.com", verify)
	list, err := s.Mail.List(t.Context(), "", 9, 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("List = %v, %v", list, err)
	}
	for _, path := range []string{"/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox/" + list[0].ID, "/dev/mailbox/" + list[0].ID + "/html"} {
		s.Browser().Get(path).Shows(404, "not found")
	}
}

// A mail whose secret is gone is listed all the same.
func TestAMailOfAnotherSecretIsListed(t *testing.T) {
	s := webtest.OnMemory(t)
	inDevelopment(s)
	send(t, s, "ada@example.com", verify)
	s.Auth.Secrets = []string{"another secret of thirty-two bytes, or more"}
	s.Deploy()
	s.Browser().Get("/dev/mailbox").Shows(200, "cannot be read")
}

func TestTheLookOfTheMailbox(t *testing.T) {
	webtest.LookAt(t, mailbox.Part, func(s *webtest.Site) { s.Web.Development = true },
		webtest.Sight{Page: "/dev/mailbox", Name: "mailbox, empty", Show: func(v *webtest.Viewer) { v.Visit("/dev/mailbox", "No mail yet") }},
		webtest.Sight{Page: "/dev/mailbox", Name: "mailbox", Show: func(v *webtest.Viewer) {
			send(v.T, v.Site, "ada@example.com", verify)
			send(v.T, v.Site, "a.very.long.address.of.somebody@a-long-domain.example", mails.Mail{Subject: strings.Repeat("A long subject ", 9)})
			v.Visit("/dev/mailbox", "A long subject")
		}},
		webtest.Sight{Page: "/dev/mailbox/{id}", Name: "mailbox, message", Show: func(v *webtest.Viewer) {
			v.Visit("/dev/mailbox/"+mailID(v), "Somebody has signed up")
			// axe asks for a person where there is a frame; what is in it is the next sight.
			v.Do("take the frame away", chromedp.Evaluate[chromedp.Void](`document.querySelector("iframe").replaceWith("")`))
		}},
		webtest.Sight{Page: "/dev/mailbox/{id}/html", Name: "mail, gone", Show: func(v *webtest.Viewer) { v.Visit("/dev/mailbox/nothing/html", "not found") }},
		webtest.Sight{Name: "mail as HTML", Show: func(v *webtest.Viewer) { // not in its sandbox, where axe cannot run
			m, err := v.Site.Mail.Find(v.T.Context(), mailID(v))
			if err != nil {
				v.T.Fatal(err)
			}
			v.Do("open the mail", chromedp.Navigate("data:text/html;base64,"+base64.StdEncoding.EncodeToString([]byte(m.HTML))))
		}},
	)
}

func mailID(v *webtest.Viewer) string {
	list, err := v.Site.Mail.List(v.T.Context(), "ada@example.com", 1, 0)
	if err != nil || len(list) != 1 {
		v.T.Fatalf("List = %v, %v", list, err)
	}
	return list[0].ID
}
