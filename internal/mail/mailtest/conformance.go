// Package mailtest says what every mail.Store must do, as tests: Run is the conformance
// suite of the databases. It also has a mail server that keeps what it gets.
package mailtest

import "testing"

// checks is the suite: what mail.Store promises, a sentence each.
var checks = []struct {
	name string
	run  func(*testing.T, Two)
}{
	{"mail is claimed when its time has come, what waits longest first", claimed},
	{"what is claimed is claimed again after the lease and not before", leased},
	{"of instances that claim at once each gets other mails", race},
	{"mail that is done goes, or is kept and never claimed", done},
	{"a failed try is counted, unless another instance has the mail", retried},
	{"mail is listed newest first, by recipient and in pages", listed},
	{"one mail is found by its id", found},
	{"old mail goes, and of what is only shown all but the newest", collected},
	{"a cancelled call fails and does nothing", cancelled},
}

// Run checks that a store keeps what mail.Store promises. open sees to it that what it
// returns is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) Two) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}
