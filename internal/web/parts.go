package web

import (
	"latchkey/internal/web/authapi"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/lab"
	"latchkey/internal/web/mailbox"
	"latchkey/internal/web/notes"
	"latchkey/internal/web/signinlink"
)

// parts are what a project can do without: a folder each, and two lines here.
var parts = []kit.Part{
	authapi.Part,    // below AUTH_PATH: the endpoints for clients of Auth.js
	mailbox.Part,    // /dev/mailbox: what the site mails, in development
	notes.Part,      // /notes: the example feature, to copy or to delete
	signinlink.Part, // /signin/link: signing in by a link in a mail
	lab.Part,        // /lab: how a session works, shown with one's own
}

// Mailbox is the page on which development shows mail; "" = there is none.
func Mailbox() string {
	for _, p := range parts {
		if p.Mailbox != "" {
			return p.Mailbox
		}
	}
	return ""
}

// Switches are the variables that turn parts on and off, and whether their parts are on
// where nothing is said, in production too.
func Switches() map[string]bool {
	on := map[string]bool{}
	for _, p := range parts {
		if p.Switch != "" {
			on[p.Switch] = p.On
		}
	}
	return on
}
