package web_test

import (
	"net/http"
	netmail "net/mail"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/mail"
	"latchkey/internal/mail/mailtest"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// letters has a page that sends mail.
var letters = kit.Part{Build: func(k *kit.Kit) kit.Built {
	return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockAnyone: func(r chi.Router) {
		r.Post("/letters", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			if err := k.Mail.Send(r.Context(), mail.Message{To: r.FormValue("to"), Subject: "Hello", Text: "Words."}); err != nil {
				return err
			}
			return kit.WriteJSON(w, http.StatusOK, "sent")
		}))
	}}}
}}

// RS-6: an answer has come before the mail server has heard of the mail, and
// whether there is one. Nothing can be told from its time.
func TestMailTakesNoTimeOfARequest(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		t.Parallel()
		sink := mailtest.NewSink(t)
		sink.Delay = 3 * time.Second
		sink.Start()
		s.Sender = mail.SMTP{Server: sink.Server(), From: netmail.Address{Address: "hello@app.example"}}
		s.Add(letters)
		to := webtest.Email(t)
		s.Browser().Post("/letters", "to", to).Shows(200)
		if n := len(sink.Received()); n != 0 {
			t.Fatal("the answer came after the mail had arrived")
		}
		if got := sink.Wait(1); len(got[0].To) != 1 || got[0].To[0] != to {
			t.Errorf("the server got %+v, want a mail to %s", got[0], to)
		}
		sink.Stop()
		s.Browser().Post("/letters", "to", to).Shows(200)
		sink.Start()
		s.Mail.Hint()
		sink.Wait(2)
	})
}
